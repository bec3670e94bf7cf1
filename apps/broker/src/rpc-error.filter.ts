import { Catch, type RpcExceptionFilter } from '@nestjs/common';
import { type Observable, throwError } from 'rxjs';
import { RpcError } from '#rpc';

/** Lets the operations' own errors reach the caller with their code; Nest would make "Internal server error" of them. */
@Catch(RpcError)
export class RpcErrorFilter implements RpcExceptionFilter<RpcError> {
  catch(error: RpcError): Observable<never> {
    return throwError(() => error);
  }
}
