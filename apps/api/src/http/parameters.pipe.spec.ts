import type { Type } from '@nestjs/common';
import { AppError } from '@app/common';
import { OccupationListQueryDto } from '../occupations/dto/occupation-list.dto';
import { SkillGapQueryDto } from '../skill-gap/dto/skill-gap-query.dto';
import { NoParameters } from './no-parameters.dto';
import { IsBooleanParameter, IsOneOfParameter, IsTextParameter, MatchesParameter } from './parameter-rules';
import { ParametersPipe, VariantBodyPipe } from './parameters.pipe';

function check(metatype: Type, query: unknown): unknown {
  return new ParametersPipe().transform(query, { type: 'query', metatype });
}

function faultsOf(metatype: Type, query: unknown): AppError['errors'] {
  return faultsThrownBy(() => check(metatype, query));
}

function faultsThrownBy(action: () => unknown): AppError['errors'] {
  try {
    action();
  } catch (error) {
    if (error instanceof AppError && error.code === 'VALIDATION_FAILED') return error.errors;
    throw error;
  }
  return [];
}

describe('ParametersPipe', () => {
  it('lets good parameters through', () => {
    expect(check(SkillGapQueryDto, { from: '11-1011.00', to: '11-3013.00' })).toEqual({
      from: '11-1011.00',
      to: '11-3013.00',
    });
  });

  it('names every faulty parameter, the value, and what would be right', () => {
    expect(faultsOf(SkillGapQueryDto, { from: '11-1011' })).toEqual([
      { parameter: 'from', message: '"from" must be an O*NET-SOC code such as 11-1011.00, not "11-1011"' },
      { parameter: 'to', message: '"to" is missing: give an O*NET-SOC code such as 11-3013.00' },
    ]);
  });

  it('refuses a parameter that is given more than once', () => {
    expect(faultsOf(SkillGapQueryDto, { from: ['11-1011.00', '11-1011.00'], to: '11-3013.00' })).toEqual([
      { parameter: 'from', message: '"from" is given 2 times: give it once, an O*NET-SOC code such as 11-1011.00' },
    ]);
  });

  it.each(['x', 'constructor', 'toString', '__proto__', 'hasOwnProperty'])(
    'refuses the unknown parameter %s and says which there are',
    (name) => {
      const query: unknown = JSON.parse(`{"from":"11-1011.00","to":"11-3013.00","${name}":"1"}`);

      expect(faultsOf(SkillGapQueryDto, query)).toEqual([
        { parameter: name, message: `"${name}" is not a parameter of this request; it takes from, to` },
      ]);
    },
  );

  it.each(['x', 'nothing'])('refuses %s where no parameter is taken', (name) => {
    expect(faultsOf(NoParameters, { [name]: '1' })).toEqual([
      { parameter: name, message: `"${name}" is not a parameter of this request; it takes none` },
    ]);
  });

  it('takes a query without parameters where none is taken', () => {
    expect(faultsOf(NoParameters, {})).toEqual([]);
  });

  it('fills in defaults and makes numbers of digits', () => {
    expect(check(OccupationListQueryDto, { page: '3' })).toEqual({ q: '', page: 3, page_size: 20 });
  });

  it.each(['0', '-1', '1.5', '1e3', '0x10', ' 1', '', '99999999999', 'one'])('refuses "%s" as a page', (page) => {
    expect(faultsOf(OccupationListQueryDto, { page })).toEqual([
      { parameter: 'page', message: `"page" must be a whole number from 1 to 1000000, not "${page}"` },
    ]);
  });

  it('shortens a long value in what it says', () => {
    const [fault] = faultsOf(SkillGapQueryDto, { from: 'x'.repeat(1000), to: '11-3013.00' });

    expect(fault?.message).toBe(`"from" must be an O*NET-SOC code such as 11-1011.00, not "${'x'.repeat(40)}…"`);
  });
});

describe('ParametersPipe, for a request of many faults', () => {
  it('names the first ones, and says how many more there are', () => {
    const query = Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`x${n}`, '1']));
    const faults = faultsOf(NoParameters, query);

    expect(faults).toHaveLength(20);
    expect(() => check(NoParameters, query)).toThrow(/; and 480 more\.$/);
  });

  it('shortens long names', () => {
    expect(faultsOf(NoParameters, { ['x'.repeat(2000)]: '1' })).toEqual([
      {
        parameter: `${'x'.repeat(40)}…`,
        message: `"${'x'.repeat(40)}…" is not a parameter of this request; it takes none`,
      },
    ]);
  });
});

class NoteDto {
  @MatchesParameter(/^[a-z]{1,5}$/, 'up to five small letters')
  name!: string;

  @MatchesParameter(/^\d+$/, 'digits', { optional: true })
  number?: string;

  @IsBooleanParameter()
  urgent?: boolean;

  @IsOneOfParameter(['red', 'blue'])
  colour?: string;
}

/** A DTO whose names are odd enough to need escapes in a JSON pointer. */
class OddNamesDto {
  @IsTextParameter(3)
  'a/b~c' = '';
}

/** What is wrong with a body; nothing where it is let through. */
function bodyFaultsOf(metatype: Type, body: unknown): AppError['errors'] {
  return faultsThrownBy(() => new ParametersPipe().transform(body, { type: 'body', metatype }));
}

describe('ParametersPipe, for a body', () => {
  it('lets a good one through, as an object of its DTO', () => {
    const body = { name: 'abc', number: '7', urgent: true, colour: 'red' };

    const dto = new ParametersPipe().transform(body, { type: 'body', metatype: NoteDto });

    expect(dto).toBeInstanceOf(NoteDto);
    expect(dto).toEqual(body);
  });

  it('lets optional fields be left out', () => {
    expect(bodyFaultsOf(NoteDto, { name: 'abc' })).toEqual([]);
  });

  it('points to every fault at once', () => {
    expect(bodyFaultsOf(NoteDto, { number: 7, urgent: 'yes', colour: 'green' })).toEqual([
      { pointer: '/name', message: '"name" is missing: give up to five small letters' },
      { pointer: '/number', message: '"number" must be digits, not "7"' },
      { pointer: '/urgent', message: '"urgent" must be true or false, not "yes"' },
      { pointer: '/colour', message: '"colour" must be one of red, blue, not "green"' },
    ]);
  });

  it.each([null, {}, [], 7, true])('takes no %j for text', (name) => {
    expect(bodyFaultsOf(NoteDto, { name })).toMatchObject([{ pointer: '/name' }]);
  });

  it.each(['x', 'constructor', 'toString', '__proto__', 'hasOwnProperty'])('refuses the unknown field %s', (name) => {
    const body: unknown = JSON.parse(`{"name":"abc","${name}":"1"}`);

    expect(bodyFaultsOf(NoteDto, body)).toEqual([
      {
        pointer: `/${name}`,
        message: `"${name}" is not a field of this body; it takes name, number, urgent, colour`,
      },
    ]);
  });

  it('escapes what has a meaning of its own in a JSON pointer', () => {
    expect(
      bodyFaultsOf(OddNamesDto, { 'a/b~c': 'long', '~/': 1 }).map((fault) => 'pointer' in fault && fault.pointer),
    ).toEqual(['/~0~1', '/a~1b~0c']);
  });

  it.each([
    ['text', '"abc"'],
    ['a number', '7'],
    ['a list', '[]'],
    ['null', 'null'],
  ])('refuses %s', (_, json) => {
    expect(bodyFaultsOf(NoteDto, JSON.parse(json))).toEqual([
      { pointer: '', message: 'The body must be a JSON object' },
    ]);
  });

  it('says that a body is missing', () => {
    expect(bodyFaultsOf(NoteDto, undefined)).toEqual([
      { pointer: '', message: 'The body is missing: send a JSON object' },
    ]);
  });

  it.each([undefined, null, {}])('takes %j where there is nothing to say', (body) => {
    expect(bodyFaultsOf(NoParameters, body)).toEqual([]);
  });

  it.each([
    ['a field', { x: 1 }, { pointer: '/x', message: '"x" is not a field of this body; it takes none' }],
    ['a list', [], { pointer: '', message: 'The body must be a JSON object' }],
  ])('refuses %s where there is nothing to say', (_, body, fault) => {
    expect(bodyFaultsOf(NoParameters, body)).toEqual([fault]);
  });
});

describe('VariantBodyPipe', () => {
  class BirdDto {
    @IsOneOfParameter(['bird'])
    kind!: string;

    @MatchesParameter(/^\d+$/, 'digits')
    wings!: string;
  }

  class FishDto {
    @IsOneOfParameter(['fish'])
    kind!: string;
  }

  const pipe = new VariantBodyPipe('kind', { bird: BirdDto, fish: FishDto });
  const variantFaultsOf = (body: unknown): AppError['errors'] => faultsThrownBy(() => pipe.transform(body));

  it('checks a body against the variant that it names', () => {
    expect(pipe.transform({ kind: 'bird', wings: '2' })).toBeInstanceOf(BirdDto);
    expect(pipe.transform({ kind: 'fish' })).toBeInstanceOf(FishDto);
  });

  it('takes no field of another variant', () => {
    expect(variantFaultsOf({ kind: 'fish', wings: '2' })).toEqual([
      { pointer: '/wings', message: '"wings" is not a field of this body; it takes kind' },
    ]);
  });

  it('asks for the fields of the variant', () => {
    expect(variantFaultsOf({ kind: 'bird' })).toEqual([
      { pointer: '/wings', message: '"wings" is missing: give digits' },
    ]);
  });

  it('says which variants there are where none is named', () => {
    expect(variantFaultsOf({})).toEqual([{ pointer: '/kind', message: '"kind" is missing: give one of bird, fish' }]);
  });

  it.each(['cat', 'constructor', '__proto__', 'toString', '', 7, null])(
    'says which variants there are where %j is named',
    (kind) => {
      expect(variantFaultsOf({ kind })).toEqual([
        { pointer: '/kind', message: `"kind" must be one of bird, fish, not ${JSON.stringify(kind)}` },
      ]);
    },
  );

  it.each([
    ['a list', ['bird']],
    ['an object', { bird: 1 }],
    ['a list', JSON.parse(`${'['.repeat(30_000)}${']'.repeat(30_000)}`) as unknown],
  ])('says which variants there are where %s is named, however deep', (what, kind) => {
    expect(variantFaultsOf({ kind })).toEqual([
      { pointer: '/kind', message: `"kind" must be one of bird, fish, not ${what}` },
    ]);
  });

  it('shortens a long name in what it says', () => {
    const [fault] = variantFaultsOf({ kind: 'x'.repeat(1000) });

    expect(fault?.message.length).toBeLessThan(100);
  });

  it.each([
    ['nothing', undefined, 'The body is missing: send {"kind": …}'],
    ['null', null, 'The body must be {"kind": …}'],
    ['a list', ['bird'], 'The body must be {"kind": …}'],
    ['text', 'bird', 'The body must be {"kind": …}'],
  ])('refuses %s', (_, body, message) => {
    expect(variantFaultsOf(body)).toEqual([{ pointer: '', message }]);
  });
});
