export { MetricsAccess } from './metrics-access';
export { Metrics, METRICS_MEDIA_TYPE, type JobOutcome } from './metrics';
export { MetricsModule } from './metrics.module';
