import { HttpService } from '@nestjs/axios';
import { Metrics } from '@app/metrics';
import { toConfig, type AppConfig, type OnetApiConfig } from '@app/config';
import type { RequestBudget } from '../../libs/onet-client/src/budget/request-budget';
import { OnetClient } from '../../libs/onet-client/src/onet-client';
import { OnetRequests } from '../../libs/onet-client/src/requests/onet-requests';

export const API_KEY = 'key-that-nobody-may-see';
export const PASSWORD = 'password that nobody may see';

export const V2 = { ONET_API_KEY: API_KEY };
export const V19 = { ONET_USERNAME: 'someone', ONET_PASSWORD: PASSWORD };

/** Settings as an environment gives them, but for what a test needs shorter than that allows. */
export function onetConfig(environment: Record<string, string>, api: Partial<OnetApiConfig> = {}): AppConfig {
  const config = toConfig(environment);
  return config.onetApi === null ? config : { ...config, onetApi: { ...config.onetApi, ...api } };
}

/** An HTTP client that reaches servers of this machine, whatever proxy the environment names. */
export function directHttp(): HttpService {
  const http = new HttpService();
  http.axiosRef.defaults.proxy = false;
  return http;
}

/** A client without a database: its requests are counted, but not limited. */
export class UnlimitedOnet {
  taken = 0;
  readonly metrics = new Metrics();
  readonly requests: OnetRequests;
  readonly client: OnetClient;

  constructor(config: AppConfig) {
    const budget: Pick<RequestBudget, 'take'> = {
      take: () => {
        this.taken++;
        return Promise.resolve();
      },
    };
    this.requests = new OnetRequests(config, directHttp(), budget as RequestBudget, this.metrics);
    this.client = new OnetClient(config, this.requests);
  }
}
