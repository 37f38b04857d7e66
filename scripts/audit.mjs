// npm run audit: fails where a production dependency has a known vulnerability of high or critical severity, unless
// scripts/audit-exceptions.json accepts it with a reason and until a day. Where the advisories cannot be had, it says so;
// that is a failure only with AUDIT_REQUIRED=true, which is for machines that can reach them. Whatever can be told of
// package-lock.json without asking is checked everywhere.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { judge, seriousAdvisories } from './lib/audit-report.mjs';
import { lockfileFaults } from './lib/lockfile-faults.mjs';
import { ROOT } from './lib/prepare.mjs';

const say = (line) => process.stdout.write(`${line}\n`);

const readJson = (file) => JSON.parse(readFileSync(file, 'utf8'));

function exceptions() {
  return readJson(process.env.AUDIT_EXCEPTIONS || join(ROOT, 'scripts', 'audit-exceptions.json'));
}

function faultsOfLockfile() {
  const { allowScripts } = readJson(join(ROOT, 'package.json'));
  return lockfileFaults(readJson(process.env.AUDIT_LOCKFILE || join(ROOT, 'package-lock.json')), allowScripts);
}

function npmAudit() {
  const { stdout, stderr } = spawnSync('npm', ['audit', '--omit=dev', '--json'], {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 ** 2,
    shell: process.platform === 'win32',
    // npm run hands its own settings on; with audits switched off for installs, this one is still wanted
    env: { ...process.env, npm_config_audit: 'true' },
  });
  try {
    return JSON.parse(stdout);
  } catch {
    return { message: (stderr || stdout).trim().split('\n')[0] ?? 'npm printed nothing' };
  }
}

const report = npmAudit();
const advisories = seriousAdvisories(report);
const {
  open,
  accepted,
  faults: faultyExceptions,
  unused,
} = judge(advisories ?? [], exceptions(), new Date().toISOString().slice(0, 'yyyy-mm-dd'.length));
const faults = [...faultyExceptions, ...faultsOfLockfile()];

for (const { id, package: name, severity, title, url } of open)
  say(`FAILED ${severity}: ${name}: ${title} (${id}, ${url})`);
for (const { id, package: name, reason, expires } of accepted)
  say(`accepted until ${expires}: ${name} (${id}): ${reason}`);
for (const fault of faults) say(`FAILED ${fault}`);
if (advisories === null) {
  const why = typeof report?.message === 'string' ? report.message : 'npm gave no report';
  say('');
  say('!!! NOT AUDITED: the service that knows of vulnerabilities could not be asked.');
  say(`!!! ${why}`);
  say('!!! Run "npm run audit" where the npm registry can be reached. AUDIT_REQUIRED=true makes this a failure.');
} else {
  for (const { id, package: name } of unused) say(`no longer needed in audit-exceptions.json: ${id} (${name})`);
  if (open.length === 0)
    say(
      'No vulnerability of high or critical severity is known in a production dependency, but what is accepted above.',
    );
}
const required = process.env.AUDIT_REQUIRED === 'true';
process.exitCode = open.length > 0 || faults.length > 0 || (advisories === null && required) ? 1 : 0;
