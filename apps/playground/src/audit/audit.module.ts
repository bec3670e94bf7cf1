import { Module } from '@nestjs/common';
import { ClientHistory } from '../demo/child/client-history.js';
import { DeliveryHistory } from '../demo/child/delivery-history.js';
import { AuditController } from './audit.controller.js';

/** The audit service. */
@Module({ controllers: [AuditController], providers: [DeliveryHistory, ClientHistory] })
export class AuditModule {}
