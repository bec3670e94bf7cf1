import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { catchError, type Observable, throwError } from 'rxjs';
import { MqContext } from './mq-context.js';

/** Remembers a handler's error in its context: Nest's exception filter turns it into "Internal server error" on the way out. */
export class CaptureFailureInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const mq: unknown = context.switchToRpc().getContext();
    if (!(mq instanceof MqContext)) return next.handle();
    return next.handle().pipe(
      catchError((error: unknown) => {
        mq.captureFailure(error);
        return throwError(() => error);
      }),
    );
  }
}
