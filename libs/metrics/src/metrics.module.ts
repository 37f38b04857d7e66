import { Module } from '@nestjs/common';
import { Metrics } from './metrics';

/** The metrics of the process: one set, whoever asks for it. */
@Module({ providers: [Metrics], exports: [Metrics] })
export class MetricsModule {}
