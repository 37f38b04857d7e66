// Loads a server as the plan on the command line says, as a process of its own; prints what it has seen as JSON.
import { Generator } from '../load/generator';
import type { LoadPlan } from '../load/load-plan';

const plan = JSON.parse(process.argv[2] ?? '') as LoadPlan;
void new Generator(plan).run().then((report) => {
  process.stdout.write(`${JSON.stringify(report)}\n`, () => process.exit(0));
});
