/** Tables of the Web Services that are the same in every layout. */
export const OCCUPATION_TABLE = 'occupation_data';
export const SCALE_TABLE = 'scales_reference';
