import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../../libs/database/src/data-source-options';
import { CONTRACTING_NAME } from '../../libs/database/src/migrations/newer-schema';
import { databaseConfig } from '../support/database-config';
import { describeOnEveryDatabase } from '../support/databases';
import { BEFORE_THE_FIRST_RELEASE, CONTRACTIONS } from '../support/migrations/contractions';
import { contractionsOfChange } from '../support/migrations/contractions-of-change';

const PEOPLE = `CREATE TABLE people (id int PRIMARY KEY, name varchar(20) NOT NULL, age int NULL,
  state varchar(8) NOT NULL DEFAULT 'new')`;

const timestampOf = (name: string): number => Number(name.slice(-13));

describeOnEveryDatabase('A change of the schema', (database) => {
  const opened: DataSource[] = [];

  afterEach(() => Promise.all(opened.splice(0).map((dataSource) => dataSource.destroy())));

  const contractionsOf = async (statements: readonly string[]): Promise<string[]> => {
    const options = await dataSourceOptions(databaseConfig(await database.create()));
    const dataSource = await new DataSource({ ...options, migrations: [], entities: [] }).initialize();
    opened.push(dataSource);
    await dataSource.query(PEOPLE);
    return contractionsOfChange(dataSource, async () => {
      for (const statement of statements) await dataSource.query(statement);
    });
  };

  test.each([
    ['makes a table', 'CREATE TABLE pets (id int PRIMARY KEY)'],
    [
      'makes a table whose rows go with those that they refer to',
      'CREATE TABLE pets (id int PRIMARY KEY, person int, FOREIGN KEY (person) REFERENCES people (id) ON DELETE CASCADE)',
    ],
    ['adds a column that may be null', 'ALTER TABLE people ADD COLUMN note varchar(20) NULL'],
    ['adds a column with a default', 'ALTER TABLE people ADD COLUMN score int NOT NULL DEFAULT 0'],
    ['adds an index', 'CREATE INDEX people_by_name ON people (name)'],
  ])('only adds to it where it %s', async (_, statement) => {
    expect(await contractionsOf([statement])).toEqual([]);
  });

  test('only adds to it where what is unique is new, and older versions leave it out', async () => {
    expect(
      await contractionsOf([
        'ALTER TABLE people ADD COLUMN badge varchar(20) NULL',
        'CREATE UNIQUE INDEX people_by_badge ON people (badge)',
      ]),
    ).toEqual([]);
  });

  test.each([
    ['drops a table', 'DROP TABLE people', ['people is gone']],
    ['renames a table', 'ALTER TABLE people RENAME TO persons', ['people is gone']],
    ['drops a column', 'ALTER TABLE people DROP COLUMN age', ['people.age is gone']],
    ['renames a column', 'ALTER TABLE people RENAME COLUMN age TO years', ['people.age is gone']],
    ['makes values unique', 'CREATE UNIQUE INDEX one_name ON people (name)', ['people is unique by name']],
    ['changes rows that are there', "UPDATE people SET state = 'old'", ['rows of people are changed']],
    [
      'makes a table that holds on to rows of another',
      'CREATE TABLE pets (id int PRIMARY KEY, person int, FOREIGN KEY (person) REFERENCES people (id))',
      ['people is held on to by pets'],
    ],
  ])('takes something away where it %s', async (_, statement, contractions) => {
    expect(await contractionsOf([statement])).toEqual(contractions);
  });

  // SQLite can change a column only by way of another table, and refuses the one that must be given
  if (database.engine !== 'sqlite') {
    test.each([
      ['adds a column that must be given', 'ADD COLUMN weight int NOT NULL', ['people.weight must be given']],
      ['makes a column required', 'MODIFY age int NOT NULL', ['people.age must not be null']],
      ['shortens a column', 'MODIFY name varchar(10) NOT NULL', ['people.name has another type']],
      ['takes a default away', 'MODIFY state varchar(8) NOT NULL', ['people.state must be given']],
      ['changes the key', 'DROP PRIMARY KEY, ADD PRIMARY KEY (id, name)', ['people has another primary key']],
      ['adds a reference', 'ADD FOREIGN KEY (age) REFERENCES people (id)', ['people refers to people by age']],
    ])('takes something away where it %s', async (_, change, contractions) => {
      expect(await contractionsOf([`ALTER TABLE people ${change}`])).toEqual(contractions);
    });
  }
});

describeOnEveryDatabase('A migration', (database) => {
  test('only adds to the schema, or is listed with what it takes away', async () => {
    const options = await dataSourceOptions(databaseConfig(await database.create()));
    const all = options.migrations as (new () => unknown)[];
    const found: Record<string, readonly string[]> = {};
    for (let count = 1; count <= all.length; count++) {
      const dataSource = await new DataSource({ ...options, migrations: all.slice(0, count) as never }).initialize();
      try {
        const contractions = await contractionsOfChange(dataSource, () =>
          dataSource.runMigrations({ transaction: 'each' }),
        );
        if (contractions.length > 0) found[all[count - 1]!.name] = contractions;
      } finally {
        await dataSource.destroy();
      }
    }

    const unlisted = Object.entries(found).flatMap(([name, contractions]) =>
      contractions.filter((what) => CONTRACTIONS[name]?.includes(what) !== true).map((what) => `${name}: ${what}`),
    );
    expect(unlisted).toEqual([]);
    expect(Object.keys(found)).toEqual(Object.keys(CONTRACTIONS));
  });
});

describe('A migration that takes something away', () => {
  const since = Object.keys(CONTRACTIONS).filter((name) => !BEFORE_THE_FIRST_RELEASE.includes(name));

  test('names the last migration of the version that has no use for it any more, so that older ones do not start', async () => {
    const options = await dataSourceOptions({ kind: 'sqlite', path: ':memory:' });
    const timestamps = (options.migrations as (new () => unknown)[]).map(({ name }) => timestampOf(name));

    const faults = since.filter((name) => {
      const after = Number(CONTRACTING_NAME.exec(name)?.[1]);
      return !timestamps.includes(after) || after >= timestampOf(name);
    });

    expect(faults).toEqual([]);
  });
});
