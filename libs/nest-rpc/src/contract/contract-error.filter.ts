import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import { ApplicationConfig, HttpAdapterHost } from '@nestjs/core';
import { RpcException } from '@nestjs/microservices';
import { type Observable, throwError } from 'rxjs';
import { RpcError } from '#rpc';
import { handlerFailure } from '../handler-failure.js';
import { RookeryContext } from '../rookery-context.js';
import { httpStatusCode } from './http-status-code.js';

/** What Nest throws when a guard says no. */
const REFUSED_BY_GUARD = 'Forbidden resource';

/** Where `@Catch` keeps its classes. Its name is not exported; a spec holds it. */
const CATCH_METADATA = '__filterCatchExceptions__';

/**
 * The last filter of a typed service. Nest's own would turn everything but an RpcException into "Internal server error"; here an
 * RpcError keeps all it knows, an HttpException becomes the code that means the same, and any other error keeps message and class
 * and is logged. Filters of a method or class win because they are asked first, global ones because they are asked here.
 */
@Catch()
export class ContractErrorFilter implements ExceptionFilter {
  private readonly logger = new Logger('RpcService');

  constructor(
    private readonly config: ApplicationConfig,
    private readonly http: HttpAdapterHost,
  ) {}

  catch(exception: unknown, host: ArgumentsHost): unknown {
    const filter = this.globalFilter(exception, host);
    return filter === undefined ? this.failed(exception) : filter.catch(exception, host);
  }

  private failed(exception: unknown): Observable<never> {
    const failure = contractFailure(exception);
    if (!(exception instanceof RpcError || exception instanceof RpcException || exception instanceof HttpException)) {
      this.logger.error(exception);
    }
    return throwError(() => failure);
  }

  /** The application's filter for this exception. The global filters of an HTTP application count only if this microservice inherits them. */
  private globalFilter(exception: unknown, host: ArgumentsHost): ExceptionFilter | undefined {
    const isHybrid = Boolean(this.http.httpAdapter);
    if (isHybrid && !inheritsAppConfig(host)) return undefined;
    // From the last to the first, as Nest asks them.
    return [...this.config.getGlobalFilters()].reverse().find((each) => catches(each, exception));
  }
}

function inheritsAppConfig(host: ArgumentsHost): boolean {
  const context: unknown = host.switchToRpc().getContext();
  return context instanceof RookeryContext && context.getArgByIndex(1) === true;
}

function catches(filter: ExceptionFilter, exception: unknown): boolean {
  const classes: unknown = Reflect.getMetadata(CATCH_METADATA, filter.constructor);
  if (!Array.isArray(classes) || classes.length === 0) return true;
  return classes.some((each) => typeof each === 'function' && exception instanceof each);
}

/** What the caller gets: an RpcError, except that the value of an RpcException stays the value it is. */
function contractFailure(exception: unknown): unknown {
  if (exception instanceof RpcException) return rpcExceptionFailure(exception.getError());
  if (exception instanceof HttpException) {
    const code = httpStatusCode(exception.getStatus());
    return new RpcError(code, exception.message, {
      executed: true,
      remoteName: exception.name,
      details: exception.getResponse(),
    });
  }
  return handlerFailure(exception);
}

function rpcExceptionFailure(error: unknown): unknown {
  if (error === REFUSED_BY_GUARD) return new RpcError('PERMISSION_DENIED', REFUSED_BY_GUARD, { executed: false });
  return typeof error === 'object' ? error : { status: 'error', message: error };
}
