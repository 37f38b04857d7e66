import { constants, getPriority, setPriority } from 'node:os';

/**
 * Lets the processes that answer requests go first where they share a machine with this one: an import keeps a core busy
 * for seconds, and whoever asked for it can wait. Where there is a core to spare this changes nothing.
 *
 * To be called before anything else: on Linux it is for the calling thread and those that it starts.
 */
export function giveWayToOthers(): void {
  try {
    // whoever started the process may have put it lower still
    setPriority(Math.max(getPriority(), constants.priority.PRIORITY_BELOW_NORMAL));
  } catch {
    // a sandbox may forbid it; then it is as if the machine had cores to spare
  }
}
