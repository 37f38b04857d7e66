import { KeyRing } from '@app/common';
import { isForThisMachineOnly, type AppConfig } from '@app/config';

/** Whether somebody may see the metrics. */
type KeyCheck = 'granted' | 'key-needed' | 'wrong-key';

/**
 * Who may see the metrics: whoever has one of `METRICS_KEYS` or an admin key. Without a key only where nobody but this
 * machine can ask.
 */
export class MetricsAccess {
  private readonly keys: KeyRing;
  private readonly open: boolean;

  constructor(
    config: Pick<AppConfig, 'metricsKeys' | 'host' | 'trustProxy'>,
    private readonly adminKeys: KeyRing,
  ) {
    this.keys = new KeyRing(config.metricsKeys);
    this.open = this.keys.isEmpty && isForThisMachineOnly(config);
  }

  /** @param authorization the header of that name */
  check(authorization: string | undefined): KeyCheck {
    if (this.open) return 'granted';
    const key = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
    if (key === undefined) return 'key-needed';
    return this.keys.identify(key) === null && this.adminKeys.identify(key) === null ? 'wrong-key' : 'granted';
  }
}
