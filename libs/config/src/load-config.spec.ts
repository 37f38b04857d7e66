import { OperatorError } from '@app/common';
import { toConfig } from './load-config';

describe('toConfig', () => {
  it('needs no variable at all', () => {
    expect(toConfig({})).toEqual({
      host: '127.0.0.1',
      port: 8000,
      trustProxy: false,
      database: { kind: 'sqlite', path: './.data/onet.sqlite' },
      dataFolder: './.data',
      onetDataDir: null,
      onetDownloadBaseUrl: 'https://www.onetcenter.org/dl_files/database',
      corsOrigins: ['*'],
      logLevel: 'info',
      logFormat: 'pretty',
    });
  });

  it('takes over every variable', () => {
    const config = toConfig({
      HOST: '0.0.0.0',
      PORT: '9000',
      TRUST_PROXY: '10.0.0.1',
      DATABASE_URL: 'mysql://onet:secret@db:3306/onet',
      ONET_DATA_DIR: '/srv/30.1',
      ONET_DOWNLOAD_BASE_URL: 'https://mirror.example.org',
      CORS_ORIGINS: 'https://app.example.org',
      LOG_LEVEL: 'debug',
      LOG_FORMAT: 'json',
    });
    expect(config).toEqual({
      host: '0.0.0.0',
      port: 9000,
      trustProxy: '10.0.0.1',
      database: { kind: 'mysql', host: 'db', port: 3306, user: 'onet', password: 'secret', database: 'onet' },
      dataFolder: '.data',
      onetDataDir: '/srv/30.1',
      onetDownloadBaseUrl: 'https://mirror.example.org',
      corsOrigins: ['https://app.example.org'],
      logLevel: 'debug',
      logFormat: 'json',
    });
  });

  it('keeps downloads beside the SQLite file', () => {
    expect(toConfig({ DATABASE_URL: 'sqlite:/srv/onet/gap.sqlite' }).dataFolder).toBe('/srv/onet');
  });

  it('stops with a sentence for the operator where a variable is wrong', () => {
    expect(() => toConfig({ PORT: 'x' })).toThrow(OperatorError);
  });
});
