import type { Type } from '@nestjs/common';
import { AppError } from '@app/common';
import { OccupationListQueryDto } from '../occupations/dto/occupation-list.dto';
import { SkillGapQueryDto } from '../skill-gap/dto/skill-gap-query.dto';
import { NoParameters } from './no-parameters.dto';
import { ParametersPipe } from './parameters.pipe';

function check(metatype: Type, query: unknown): unknown {
  return new ParametersPipe().transform(query, { type: 'query', metatype });
}

function faultsOf(metatype: Type, query: unknown): AppError['errors'] {
  try {
    check(metatype, query);
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
