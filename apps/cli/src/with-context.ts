import type { INestApplicationContext } from '@nestjs/common';
import { Module, type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ConfigModule, loadConfig, type AppConfig } from '@app/config';
import { DatabaseModule } from '@app/database';
import { IngestionModule } from '@app/ingestion';
import { JobsModule } from '@app/jobs';
import { LlmModule } from '@app/llm';
import { NormalizationModule } from '@app/normalization';
import { OccupationsModule } from '@app/occupations';
import { TerminalLogger } from './terminal/terminal-logger';

/** What the commands are made of: the libraries of the api, without HTTP. */
@Module({})
class CliModule {
  static forRoot(config: AppConfig): DynamicModule {
    return {
      module: CliModule,
      imports: [
        ConfigModule.forRoot(config),
        DatabaseModule.forRoot(config.database),
        JobsModule.forRoot({ redisUrl: config.redisUrl, runsJobs: false }),
        IngestionModule,
        NormalizationModule,
        OccupationsModule,
        LlmModule,
      ],
    };
  }
}

/** Runs a command on an open database, and closes it whatever happens. */
export async function withContext<T>(work: (context: INestApplicationContext) => Promise<T>): Promise<T> {
  const context = await NestFactory.createApplicationContext(CliModule.forRoot(loadConfig()), {
    logger: new TerminalLogger(process.stderr),
    abortOnError: false,
  });
  try {
    return await work(context);
  } finally {
    await context.close();
  }
}
