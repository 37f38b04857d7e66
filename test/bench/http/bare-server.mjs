// The floor of the HTTP benchmark: a bare node:http server that parses the same URL and serialises the same answer.
// node bare-server.mjs <file with the answer>; prints its port.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { parse } from 'node:querystring';

const answer = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const server = createServer((request, response) => {
  const [path, query] = request.url.split('?', 2);
  const { from, to } = parse(query);
  if (path !== '/api/v1/skill-gap-by-lvl' || from !== answer.from_occupation.code || to !== answer.to_occupation.code) {
    response.writeHead(404).end();
    return;
  }
  const body = JSON.stringify(answer);
  response.writeHead(200, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`));
