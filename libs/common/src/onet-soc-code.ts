declare const brand: unique symbol;

/** An O*NET-SOC code that has been checked, such as `15-1252.00`. */
export type OnetSocCode = string & { readonly [brand]: 'OnetSocCode' };

/** Form of an O*NET-SOC code: SOC major group, SOC detail, O*NET extension. */
export const ONET_SOC_CODE_PATTERN = /^\d{2}-\d{4}\.\d{2}$/;

/** Tells whether a value has the form of an O*NET-SOC code; whether the code exists is another question. */
export function isOnetSocCode(value: unknown): value is OnetSocCode {
  return typeof value === 'string' && ONET_SOC_CODE_PATTERN.test(value);
}
