export { createLogger } from './create-logger';
export { listen } from './listen';
export { NestLogger } from './nest-logger';
export { endOnSignal, runProcess } from './process';
