import { Contract, type OpenApiDocument } from './contract';
import { type Answer, type Request, send } from './http';

/** Contracts by the text of their documents: every process of one build serves the same one. */
const contracts = new Map<string, Contract>();

/** Talks to an api process, and checks every answer against the OpenAPI document that the process serves. */
export class ApiClient {
  private loaded: Promise<Contract> | null = null;

  /** @param url without a slash at the end */
  constructor(readonly url: string) {}

  /** What the process promises. */
  contract(): Promise<Contract> {
    this.loaded ??= loadContract(this.url);
    return this.loaded;
  }

  get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.send({ path, headers });
  }

  /** @throws Error where the answer is not as documented */
  async send(request: Request): Promise<Answer> {
    const contract = await this.contract();
    const answer = await send(this.url, request);
    const deviations = contract.deviations(request, answer);
    if (deviations.length > 0) {
      const what = `${request.method ?? 'GET'} ${request.path}: ${answer.status}`;
      throw new Error(`The answer to ${what}\n- ${deviations.join('\n- ')}\n${answer.body.slice(0, 2000)}`);
    }
    return answer;
  }
}

async function loadContract(url: string): Promise<Contract> {
  const { body } = await send(url, { path: '/docs-json' });
  const known = contracts.get(body);
  if (known !== undefined) return known;
  const contract = new Contract(JSON.parse(body) as OpenApiDocument);
  contracts.set(body, contract);
  return contract;
}
