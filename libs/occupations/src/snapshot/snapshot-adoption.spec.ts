import { Logger } from '@nestjs/common';
import { completeRatings, makeSnapshot, soc } from '../../../../test/support/snapshots';
import type { PulledOccupation } from './overlay';
import type { ReleaseContent } from './release-content';
import type { ReleaseSnapshot } from './release-snapshot';
import type { ServedRelease, SnapshotLoader } from './snapshot-loader';
import { SnapshotStore } from './snapshot-store';

const HOUR_MS = 3600_000;
const NOW = Date.UTC(2026, 7, 1, 12);
const [PULLED, OTHER] = ['11-1011.00', '15-1252.00'];

const pulledOccupation = (code: string, at = NOW): PulledOccupation => ({
  code: soc(code),
  title: `Pulled ${code}`,
  description: '',
  pulledAt: new Date(at).toISOString(),
  ratings: completeRatings(code, ['1', '2', '3']),
});

/** Stands in for the database. */
class FakeLoader {
  serves = makeSnapshot([], { id: 1, revision: 1 });
  away = false;
  /** What each load was told to be in memory already. */
  readonly held: (ReleaseContent | null)[] = [];

  served(): Promise<ServedRelease> {
    if (this.away) return Promise.reject(new Error('connect ECONNREFUSED'));
    return Promise.resolve({ releaseId: this.serves.release.id, revision: this.serves.revision });
  }

  load(held: ReleaseContent | null): Promise<ReleaseSnapshot> {
    this.held.push(held);
    return Promise.resolve(this.serves);
  }
}

describe('SnapshotStore, given an occupation that was just pulled', () => {
  let loader: FakeLoader;
  let store: SnapshotStore;

  beforeEach(async () => {
    jest.useFakeTimers({ now: NOW });
    Logger.overrideLogger(false);
    loader = new FakeLoader();
    store = new SnapshotStore(loader as unknown as SnapshotLoader);
    await store.follow();
  });

  afterEach(() => {
    store.beforeApplicationShutdown();
    jest.useRealTimers();
  });

  const poll = (): Promise<void> => jest.advanceTimersByTimeAsync(1000);

  const served = (): string[] => store.require().occupations.map(({ code }) => code);

  it('serves it at once', () => {
    store.adopt(pulledOccupation(PULLED));
    const occupation = store.require().find(soc(PULLED))!;
    expect([...store.require().levelsOf(occupation)]).toEqual([100, 200, 300]);
  });

  it('leaves the snapshot as it is that requests began with', () => {
    const before = store.require();
    store.adopt(pulledOccupation(PULLED));
    expect([before.occupations.length, before.edition]).toEqual([0, '1']);
  });

  it('serves several of them', () => {
    store.adopt(pulledOccupation(OTHER));
    store.adopt(pulledOccupation(PULLED));
    expect(served()).toEqual([PULLED, OTHER]);
  });

  it('serves the later one of two pulls', () => {
    store.adopt(pulledOccupation(PULLED));
    store.adopt({ ...pulledOccupation(PULLED, NOW + 1), title: 'Later' });
    expect(store.require().occupations.map(({ title }) => title)).toEqual(['Later']);
  });

  it('does nothing while it holds no release', () => {
    const empty = new SnapshotStore(loader as unknown as SnapshotLoader);
    empty.adopt(pulledOccupation(PULLED));
    expect(empty.current()).toBeNull();
  });

  it('serves what the database has once it is there', async () => {
    store.adopt(pulledOccupation(PULLED));
    loader.serves = makeSnapshot([], { id: 1, revision: 2, pulled: [pulledOccupation(PULLED)] });
    await poll();
    expect(store.current()).toBe(loader.serves);
  });

  it('holds on to it where the database has an earlier pull only', async () => {
    store.adopt({ ...pulledOccupation(PULLED), title: 'Later' });
    const earlier = { ...pulledOccupation(PULLED, NOW - 1), ratings: [] };
    loader.serves = makeSnapshot([], { id: 1, revision: 2, pulled: [earlier] });
    await poll();
    expect(store.require().find(soc(PULLED))?.row).toBe(0);
  });

  it('holds on to it where the database has something else that is new', async () => {
    store.adopt(pulledOccupation(PULLED));
    loader.serves = makeSnapshot([], { id: 1, revision: 2, pulled: [pulledOccupation(OTHER)] });
    await poll();
    expect([served(), store.require().revision]).toEqual([[PULLED, OTHER], 2]);
  });

  it('leaves what it serves as it is where the database has it already', async () => {
    loader.serves = makeSnapshot([], { id: 1, revision: 2, pulled: [pulledOccupation(PULLED)] });
    await poll();
    store.adopt(pulledOccupation(PULLED));
    expect(store.current()).toBe(loader.serves);
  });

  it('lets go of it when another release is served', async () => {
    store.adopt(pulledOccupation(PULLED));
    loader.serves = makeSnapshot([], { id: 2, revision: 2 });
    await poll();
    expect(store.current()).toBe(loader.serves);
  });

  it('lets go of it after an hour, though nothing else changes', async () => {
    store.adopt(pulledOccupation(PULLED));
    await jest.advanceTimersByTimeAsync(HOUR_MS - 1000);
    const before = served();
    await jest.advanceTimersByTimeAsync(2000);
    expect([before, served(), store.require().edition]).toEqual([[PULLED], [], '1']);
  });

  it('lets go of it after an hour, though the database is away', async () => {
    loader.away = true;
    store.adopt(pulledOccupation(PULLED));
    await jest.advanceTimersByTimeAsync(HOUR_MS + 1000);
    expect(served()).toEqual([]);
  });

  it('counts the hour from now, however long ago the pull was asked for', async () => {
    store.adopt(pulledOccupation(PULLED, NOW - 24 * HOUR_MS));
    await poll();
    expect(served()).toEqual([PULLED]);
  });

  it('lets go of each in its own time', async () => {
    store.adopt(pulledOccupation(PULLED));
    await jest.advanceTimersByTimeAsync(HOUR_MS / 2);
    store.adopt(pulledOccupation(OTHER));
    await jest.advanceTimersByTimeAsync(HOUR_MS / 2 + 1000);
    expect(served()).toEqual([OTHER]);
  });

  it('has the release itself in memory when something that was pulled is all that changed', async () => {
    const { content } = store.require();
    store.adopt(pulledOccupation(PULLED));
    loader.serves = makeSnapshot([], { id: 1, revision: 2, pulled: [pulledOccupation(OTHER)] });
    await poll();
    expect(loader.held.at(-1)).toBe(content);
  });

  it('catches up with what was changed while a look was under way', async () => {
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const { revision } = loader.serves;
    jest.spyOn(loader, 'served').mockImplementationOnce(async () => {
      await gate;
      return { releaseId: 1, revision };
    });
    const begunBefore = store.refresh();
    loader.serves = makeSnapshot([], { id: 1, revision: 2, pulled: [pulledOccupation(PULLED)] });
    const caughtUp = store.catchUp();
    open();
    await Promise.all([begunBefore, caughtUp]);
    expect(store.current()).toBe(loader.serves);
  });

  it('tells whoever wants to catch up that the database is away', async () => {
    loader.away = true;
    await expect(store.catchUp()).rejects.toThrow('connect ECONNREFUSED');
  });
});
