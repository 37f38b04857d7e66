import { CODE_COLUMN, type OnetColumn, type TableDefinition } from './tables';

const column = (columnId: string, title: string, type: OnetColumn['type'] = 'Text'): OnetColumn => ({
  columnId,
  title,
  type,
});

const CODE = column(CODE_COLUMN, 'O*NET-SOC Code');
const TITLE = column('title', 'Title');
const DATE = column('date_updated', 'Date', 'Date');
const SOURCE = column('domain_source', 'Domain Source');

const SKILL_COLUMNS = [
  CODE,
  TITLE,
  column('element_id', 'Element ID'),
  column('element_name', 'Element Name'),
  column('scale_id', 'Scale ID'),
  column('scale_name', 'Scale Name'),
  column('data_value', 'Data Value', 'Number'),
  column('n', 'N', 'Number'),
  column('standard_error', 'Standard Error', 'Number'),
  column('lower_ci_bound', 'Lower CI Bound', 'Number'),
  column('upper_ci_bound', 'Upper CI Bound', 'Number'),
  column('recommend_suppress', 'Recommend Suppress'),
  column('not_relevant', 'Not Relevant'),
  DATE,
  SOURCE,
];

const ratings = (tableId: string, title: string): TableDefinition => ({
  tableId,
  title,
  description: `Provide a mapping of O*NET-SOC codes (occupations) to ${title} ratings.`,
  columns: SKILL_COLUMNS,
});

export const OCCUPATION_TABLE: TableDefinition = {
  tableId: 'occupation_data',
  title: 'Occupation Data',
  description: 'Provide O*NET-SOC codes, titles, and descriptions of occupations.',
  columns: [CODE, TITLE, column('description', 'Description')],
};

export const SCALE_TABLE: TableDefinition = {
  tableId: 'scales_reference',
  title: 'Scales Reference',
  description: 'Provide the scales that ratings are given on.',
  columns: [
    column('scale_id', 'Scale ID'),
    column('scale_name', 'Scale Name'),
    column('minimum', 'Minimum', 'Number'),
    column('maximum', 'Maximum', 'Number'),
  ],
};

export const SKILL_TABLE = ratings('skills', 'Skills');
export const ESSENTIAL_TABLE = ratings('essential_skills', 'Essential Skills');
export const TRANSFERABLE_TABLE = ratings('transferable_skills', 'Transferable Skills');

export const ELEMENT_TABLE: TableDefinition = {
  tableId: 'content_model_reference',
  title: 'Content Model Reference',
  description: 'Provide the elements of the content model.',
  columns: [
    column('element_id', 'Element ID'),
    column('element_name', 'Element Name'),
    column('description', 'Description'),
  ],
};

export const ANCHOR_TABLE: TableDefinition = {
  tableId: 'level_scale_anchors',
  title: 'Level Scale Anchors',
  description: 'Provide what stands at the levels of an element.',
  columns: [
    column('element_id', 'Element ID'),
    column('element_name', 'Element Name'),
    column('scale_id', 'Scale ID'),
    column('scale_name', 'Scale Name'),
    column('anchor_value', 'Anchor Value', 'Number'),
    column('anchor_description', 'Anchor Description'),
  ],
};

/** Tables that clients have to pass over; they are listed, and have no rows. */
export const EMPTY_TABLES: readonly TableDefinition[] = [
  {
    tableId: 'interests',
    title: 'Interests',
    description: 'Provide a mapping of O*NET-SOC codes (occupations) to Interests ratings.',
    columns: SKILL_COLUMNS.filter(({ columnId }) => columnId !== 'not_relevant'),
  },
  {
    tableId: 'job_zones',
    title: 'Job Zones',
    description: 'Provide a mapping of O*NET-SOC codes (occupations) to Job Zones.',
    columns: [CODE, TITLE, column('job_zone', 'Job Zone', 'Number'), DATE, SOURCE],
  },
];
