import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { ADMIN_SCHEME } from './admin/admin-docs';
import { API_KEY_SCHEME } from './http/api-docs';
import { describeLimits } from './http/limit-docs';
import { attribution } from './releases/dto/release-list.dto';

/** Where Swagger UI is. */
export const DOCS_PATH = '/docs';

const DESCRIPTION = `Which skills does somebody in occupation A lack for occupation B?

Answers are built from one release of the [O\\*NET database](https://www.onetcenter.org/database.html), which rates
occupations on 35 skills: how high a **level** of the skill the occupation needs (LV, 0-7) and how **important** it is
(IM, 1-5). Every occupation lists the same skills, so presence alone says nothing; level 0 means "not needed".

Some occupations are listed without ratings. Asking for their gap is an error of its own (\`OCCUPATION_NOT_RATED\`): an
empty gap would read as "nothing to learn".

Where the server has credentials for the O\\*NET Web Services, an occupation that the release lacks or does not rate is
pulled from there when it is first asked for, and served like any other from then on. Each side of an answer says where
its figures come from (\`source\`). If that takes long, the answer is 202 with the job that is at it.

Where the server has a key for Google's Gemini, \`/api/v1/skill-gap-llm\` answers with the gap on levels that the model has
assessed, with its explanations; O\\*NET's own levels stand beside them and are never changed by it. Where the model cannot
be asked, the answer is the gap on O\\*NET's levels, marked as a fallback.

Errors are problem documents ([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457)) with a stable \`code\`. Parameters that
a request does not know are errors too.

One client may make a number of requests a minute (\`RateLimit-*\` headers), told apart by its \`X-API-Key\`, or else by its
address. Whoever makes more is answered 429 with \`Retry-After\`.

${attribution('').replaceAll('*', String.raw`\*`)}`;

const ADMIN_KEY =
  'One of `ADMIN_API_KEYS`. With SQLite and none set, the key stands in the file `admin-key` beside the database; the ' +
  'path is printed at the start.';

const CLIENT_KEY =
  'One of `API_KEYS`: lets a request have occupations pulled from the O*NET Web Services and the LLM asked, where the server ' +
  'can be reached from other machines. Everything else is answered without.';

/** Describes the API of an application. */
export function createOpenApiDocument(app: INestApplication): OpenAPIObject {
  const description = new DocumentBuilder()
    .setTitle('onet-skill-gap')
    .setDescription(DESCRIPTION)
    .setVersion(packageVersion())
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .setExternalDoc('O*NET database', 'https://www.onetcenter.org/database.html')
    .addServer('/', 'This server')
    .addTag('Skill gap', 'What one occupation asks for beyond another.')
    .addTag('Occupations', 'Occupations of the release in service.')
    .addTag('Reference data', 'Skills, scales and releases.')
    .addTag('Jobs', 'Slow work that was asked for, and how far it is.')
    .addTag('Admin', 'Re-ingestion, releases and jobs, for those who have an admin key.')
    .addTag('Health', 'For whoever runs the process.')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: ADMIN_KEY }, ADMIN_SCHEME)
    .addApiKey({ type: 'apiKey', in: 'header', name: 'X-API-Key', description: CLIENT_KEY }, API_KEY_SCHEME)
    .build();
  return describeLimits(SwaggerModule.createDocument(app, description));
}

/** Serves Swagger UI at `/docs` and the document itself at `/docs-json` and `/docs-yaml`. */
export function setupSwagger(app: INestApplication): void {
  SwaggerModule.setup(DOCS_PATH, app, () => createOpenApiDocument(app), {
    customSiteTitle: 'onet-skill-gap API',
    swaggerOptions: { displayRequestDuration: true, tryItOutEnabled: true },
  });
}

/** Version of the project; package.json lies further up, at different depths for sources and built code. */
function packageVersion(): string {
  for (let folder = __dirname; folder !== dirname(folder); folder = dirname(folder)) {
    const path = join(folder, 'package.json');
    if (existsSync(path)) return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
  }
  return '0.0.0';
}
