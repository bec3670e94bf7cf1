import { Module } from '@nestjs/common';
import { ClientHistory } from '../demo/child/client-history.js';
import { DeliveryHistory } from '../demo/child/delivery-history.js';
import { PointsConsumer } from './points.consumer.js';
import { PointsLedger } from './points-ledger.js';

/** The points service. */
@Module({
  controllers: [PointsConsumer],
  providers: [PointsLedger, DeliveryHistory, ClientHistory],
})
export class PointsModule {}
