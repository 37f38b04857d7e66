import { Module, type DynamicModule } from '@nestjs/common';
import { AppConfig } from './app-config';

/** Offers the configuration, loaded once by the process's main, to every module. */
@Module({})
export class ConfigModule {
  static forRoot(config: AppConfig): DynamicModule {
    return {
      module: ConfigModule,
      global: true,
      providers: [{ provide: AppConfig, useValue: config }],
      exports: [AppConfig],
    };
  }
}
