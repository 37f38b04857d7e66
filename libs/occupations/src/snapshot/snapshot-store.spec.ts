import { Logger } from '@nestjs/common';
import { makeSnapshot } from '../../../../test/support/snapshots';
import { thrownBy } from '../../../../test/support/thrown-by';
import type { ReleaseSnapshot } from './release-snapshot';
import type { ServedRelease, SnapshotLoader } from './snapshot-loader';
import { SnapshotStore } from './snapshot-store';

const first = makeSnapshot([], { id: 1, revision: 1 });
const second = makeSnapshot([], { id: 2, revision: 2 });
const databaseAway = new Error('connect ECONNREFUSED');

/** Stands in for the database: what it serves can be changed, and it can be away. */
class FakeLoader {
  serves: ReleaseSnapshot | null = null;
  away = false;
  loads = 0;
  /** What a load waits for before it answers. */
  gate: Promise<void> = Promise.resolve();

  served(): Promise<ServedRelease> {
    if (this.away) return Promise.reject(databaseAway);
    return Promise.resolve({ releaseId: this.serves?.release.id ?? null, revision: this.serves?.revision ?? 0 });
  }

  async load(): Promise<ReleaseSnapshot | null> {
    this.loads++;
    const served = this.serves;
    await this.gate;
    return served;
  }
}

describe('SnapshotStore', () => {
  let loader: FakeLoader;
  let store: SnapshotStore;

  beforeEach(() => {
    jest.useFakeTimers();
    Logger.overrideLogger(false);
    loader = new FakeLoader();
    store = new SnapshotStore(loader as unknown as SnapshotLoader);
  });

  afterEach(() => {
    store.beforeApplicationShutdown();
    jest.useRealTimers();
  });

  const nextPoll = (): Promise<void> => jest.advanceTimersByTimeAsync(1000);

  it('holds nothing before it was asked to load', () => {
    expect(store.current()).toBeNull();
  });

  it('says that it is not ready while it holds nothing', () => {
    expect(thrownBy(() => store.require())).toMatchObject({ code: 'NOT_READY' });
  });

  it('is not ready after a look into a database without an active release', async () => {
    await store.refresh();
    expect(thrownBy(() => store.require())).toMatchObject({ code: 'NOT_READY' });
  });

  it('holds the active release once it is loaded', async () => {
    loader.serves = first;
    await store.refresh();
    expect(store.require()).toBe(first);
  });

  it('loads a release once, however often it looks', async () => {
    loader.serves = first;
    await store.refresh();
    await store.refresh();
    expect(loader.loads).toBe(1);
  });

  it('lets calls at the same time share one load', async () => {
    loader.serves = first;
    await Promise.all([store.refresh(), store.refresh(), store.refresh()]);
    expect(loader.loads).toBe(1);
  });

  it('loads again when another release is active', async () => {
    loader.serves = first;
    await store.refresh();
    loader.serves = second;
    await store.refresh();
    expect(store.current()).toBe(second);
  });

  it('loads again when the same release has another revision', async () => {
    loader.serves = first;
    await store.refresh();
    const changed = makeSnapshot([], { id: 1, revision: 2 });
    loader.serves = changed;
    await store.refresh();
    expect(store.current()).toBe(changed);
  });

  it('tells whoever asked for a load that the database is away', async () => {
    loader.away = true;
    await expect(store.refresh()).rejects.toBe(databaseAway);
  });

  it('keeps the snapshot it holds while the database is away', async () => {
    loader.serves = first;
    await store.refresh();
    loader.away = true;
    await store.refresh().catch(() => undefined);
    expect(store.current()).toBe(first);
  });

  it('keeps the snapshot it holds where no release is active any more', async () => {
    loader.serves = first;
    await store.refresh();
    loader.serves = null;
    await store.refresh();
    expect(store.current()).toBe(first);
  });

  it('goes on serving the old snapshot until the new one is whole', async () => {
    loader.serves = first;
    await store.refresh();
    loader.serves = second;
    let open: () => void = () => undefined;
    loader.gate = new Promise((resolve) => (open = resolve));
    const refreshing = store.refresh();
    await jest.advanceTimersByTimeAsync(0);
    const during = store.current();
    open();
    await refreshing;
    expect([during, store.current()]).toEqual([first, second]);
  });

  it('loads after a load that failed', async () => {
    loader.serves = first;
    loader.away = true;
    await store.refresh().catch(() => undefined);
    loader.away = false;
    await store.refresh();
    expect(store.current()).toBe(first);
  });

  describe('while it follows the active release', () => {
    beforeEach(async () => {
      loader.serves = first;
      await store.follow();
    });

    it('has the release in memory from the start', () => {
      expect(store.current()).toBe(first);
    });

    it('takes over another release by itself', async () => {
      loader.serves = second;
      await nextPoll();
      expect(store.current()).toBe(second);
    });

    it('takes over another release after an outage of the database', async () => {
      loader.away = true;
      await nextPoll();
      loader.away = false;
      loader.serves = second;
      await nextPoll();
      expect(store.current()).toBe(second);
    });

    it('complains once about an outage, however long it lasts', async () => {
      const warn = jest.spyOn(Logger.prototype, 'warn');
      loader.away = true;
      await nextPoll();
      await nextPoll();
      await nextPoll();
      expect(warn).toHaveBeenCalledTimes(1);
    });

    it('takes over at once what this process changed', async () => {
      loader.serves = second;
      await store.changed();
      expect(store.current()).toBe(second);
    });

    it('looks again after a change though a load that began before it is under way', async () => {
      const third = makeSnapshot([], { id: 3, revision: 3 });
      loader.serves = second;
      let open: () => void = () => undefined;
      loader.gate = new Promise((resolve) => (open = resolve));
      const begunBefore = store.refresh();
      await jest.advanceTimersByTimeAsync(0);
      loader.serves = third;
      const changed = store.changed();
      open();
      await Promise.all([begunBefore, changed]);
      expect(store.current()).toBe(third);
    });

    it('does not make a change fail because the database is away right after it', async () => {
      loader.away = true;
      await expect(store.changed()).resolves.toBeUndefined();
    });

    it('looks no more after shutdown', async () => {
      store.beforeApplicationShutdown();
      loader.serves = second;
      await nextPoll();
      expect(store.current()).toBe(first);
    });
  });

  it('does not load for a change in a process that serves nothing', async () => {
    loader.serves = first;
    await store.changed();
    expect(loader.loads).toBe(0);
  });
});
