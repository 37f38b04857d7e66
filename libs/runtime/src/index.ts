export { createLogger } from './create-logger';
export { boundConnections, fastifyBounds, HTTP_BOUNDS, type HttpBounds } from './http-bounds';
export { listen } from './listen';
export { NestLogger } from './nest-logger';
export { endOnSignal, runProcess } from './process';
