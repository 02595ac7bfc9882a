'use client';

import { cn } from '@/components/ui/cn';
import { Combobox } from '@/components/ui/combobox';
import { Select } from '@/components/ui/select';
import { useBuilderWorld } from './builder-state';
import { type PropertyView, propertyLabel } from './catalogue';
import type { FieldFault } from './faults';
import { FaultLines, Line, Part, told } from './field-part';
import { type Choice, choicesFor, firstOperator, isTextOfNumbers, keyOf, typeOfOperator, valueFor } from './operators';
import type { PropertyNode } from './tree';
import { knowsCase } from './tree-json';
import { ValueField } from './value-field';

type Props = {
  node: PropertyNode;
  properties: readonly PropertyView[];
  faults: readonly FieldFault[];
  onChange: (node: PropertyNode) => void;
};

/** Property, operator, value; what is offered follows the property's type. */
export function PropertyFields({ node, properties, faults, onChange }: Props) {
  const { edit } = useBuilderWorld();
  const known = properties.find((each) => each.name === node.property);
  const type = typeOfOperator(node.op, known?.type, node.value);
  const choose = (property: string) => {
    const next = properties.find((each) => each.name === property) ?? { type: 'text', values: [] };
    const op = firstOperator(next);
    edit.arrive(node.id, 'value');
    onChange({ ...node, property, op, value: valueFor(op, next.type, undefined), ignoreCase: false });
  };
  const operate = ({ op, type: next }: Choice) => onChange({ ...node, op, value: valueFor(op, next, node.value) });
  return (
    <Line>
      <Part field="property">
        <Combobox
          free
          handsOn
          label="Property"
          placeholder="Choose a property"
          value={node.property}
          options={properties.map(({ name, type: kind }) => ({ value: name, label: propertyLabel(name), note: kind }))}
          onChange={choose}
          className="h-8 w-auto max-w-56 rounded-md px-2.5"
          {...told(faults, node.id, 'property')}
        />
      </Part>
      <OperatorSelect op={node.op} type={type} known={known?.type ?? type} onChange={operate} />
      <Part field="value">
        <ValueField
          node={node}
          type={type}
          values={known?.values ?? []}
          onChange={(value) => onChange({ ...node, value })}
          {...told(faults, node.id, 'value')}
        />
        {knowsCase(node) && type === 'text' && <CaseToggle node={node} onChange={onChange} />}
      </Part>
      <FaultLines id={node.id} fields={['property', 'op', 'value']} faults={faults} />
      {type === 'number' && known && isTextOfNumbers(known) && (
        <p className="basis-full text-warning-foreground text-xs">
          So far these numbers came as texts, which do not compare as numbers. Choose a text operator, or have them sent as numbers.
        </p>
      )}
    </Line>
  );
}

type OperatorProps = {
  op: PropertyNode['op'];
  type: PropertyView['type'];
  known: PropertyView['type'];
  onChange: (choice: Choice) => void;
};

function OperatorSelect({ op, type, known, onChange }: OperatorProps) {
  const { own, others } = choicesFor(known);
  const all = [...own, ...others.flatMap((group) => group.choices)];
  const choose = (key: string) => {
    const chosen = all.find((each) => each.key === key);
    if (chosen) onChange(chosen);
  };
  const option = ({ key, label }: Choice) => (
    <option key={key} value={key}>
      {label}
    </option>
  );
  return (
    <Part field="op">
      <Select dense aria-label="Operator" value={keyOf(type, op)} onChange={(event) => choose(event.target.value)}>
        {own.map(option)}
        {others.map((group) => (
          <optgroup key={group.label} label={group.label}>
            {group.choices.map(option)}
          </optgroup>
        ))}
      </Select>
    </Part>
  );
}

function CaseToggle({ node, onChange }: Pick<Props, 'node' | 'onChange'>) {
  const { ignoreCase } = node;
  return (
    <button
      type="button"
      aria-pressed={ignoreCase}
      title={ignoreCase ? 'Upper and lower case are the same' : 'Upper and lower case must agree'}
      className={cn(
        'h-8 rounded-md px-1.5 text-muted-foreground text-xs outline-none transition-colors hover:bg-accent focus-visible:ring-[3px] focus-visible:ring-ring/25',
        ignoreCase && 'bg-primary/10 text-primary hover:bg-primary/15',
      )}
      onClick={() => onChange({ ...node, ignoreCase: !ignoreCase })}
    >
      <span aria-hidden>{ignoreCase ? 'any case' : 'Aa'}</span>
      <span className="sr-only">Ignore upper and lower case</span>
    </button>
  );
}
