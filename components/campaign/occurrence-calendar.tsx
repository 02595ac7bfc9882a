'use client';

import { CalendarSearch, ChevronLeft, ChevronRight, ClockArrowUp, Info } from 'lucide-react';
import { type KeyboardEvent, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import type { HeldSchedule } from '@/lib/schedule/counting';
import { type CalendarDay, calendarMonth, type DatedSchedule, daysLater, monthsLater, nextRunningMonth } from './schedule-calendar';
import { weekdayName } from './schedule-values';
import { dayText, monthText, wallDay } from './zoned-text';

const weekdayNames = Object.values(weekdayName);

/** Days that an arrow or page key moves by; months go to the same day of another. */
const steps: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

type Props = { schedule: DatedSchedule; held: HeldSchedule | undefined; first: Date | undefined; now: Date };

/**
 * A month of the schedule: days that run, days on which the clocks are moved, chosen days the month does not have. One stop for the Tab
 * key; arrows move by day and week, Page Up and Down by month. The line below tells the day under the pointer or the focus.
 */
export function OccurrenceCalendar({ schedule, held, first, now }: Props) {
  const firstDay = wallDay(first ?? now, schedule.zone);
  const [chosen, setChosen] = useState<{ of: string; month: string; day: string } | null>(null);
  const [pointed, setPointed] = useState<string | null>(null);
  const grid = useRef<HTMLTableElement>(null);
  const wanted = useRef<string | null>(null);
  // A schedule that begins elsewhere is shown from there.
  const { month, day } = chosen?.of === firstDay ? chosen : { month: firstDay.slice(0, 7), day: firstDay };
  const shown = useMemo(() => calendarMonth(schedule, month, now, held), [schedule, month, now, held]);
  const show = (to: string) => setChosen({ of: firstDay, month: to, day: `${to}-01` });
  const thisMonth = wallDay(now, schedule.zone).slice(0, 7);

  useLayoutEffect(() => {
    // Another change may be drawn between the key and the day it leads to.
    if (wanted.current !== day) return;
    wanted.current = null;
    grid.current?.querySelector<HTMLElement>(`[data-day="${day}"]`)?.focus();
  });

  const onKeyDown = (event: KeyboardEvent) => {
    const to = dayAfterKey(event.key, day);
    if (!to || to.slice(0, 7) < thisMonth) return;
    event.preventDefault();
    wanted.current = to;
    setChosen({ of: firstDay, month: to.slice(0, 7), day: to });
  };
  const cells = shown.weeks.flat();
  const told = cells.find((cell) => cell.day === (pointed ?? day)) ?? cells.find((cell) => cell.inMonth);
  const next = shown.runs === 0 ? nextRunningMonth(schedule, monthsLater(month, 1), now, held) : null;

  return (
    <div className="grid gap-2">
      <div className="flex items-center gap-1">
        <h4 aria-live="polite" className="mr-auto font-medium text-sm">
          {shown.title}
        </h4>
        <Button
          variant="ghost"
          size="icon"
          aria-label="Month before"
          disabled={month <= thisMonth}
          onClick={() => show(monthsLater(month, -1))}
        >
          <ChevronLeft aria-hidden />
        </Button>
        <Button variant="ghost" size="icon" aria-label="Month after" onClick={() => show(monthsLater(month, 1))}>
          <ChevronRight aria-hidden />
        </Button>
      </div>
      <table
        ref={grid}
        aria-label={`Occurrences in ${shown.title}`}
        onPointerLeave={() => setPointed(null)}
        className="w-full table-fixed border-separate border-spacing-0.5"
      >
        <thead>
          <tr>
            {weekdayNames.map((name) => (
              <th key={name} scope="col" abbr={name} className="pb-1 text-center font-normal text-muted-foreground text-xs">
                {name.slice(0, 2)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.weeks.map((week) => (
            <tr key={week[0]?.day}>
              {week.map((cell) => (
                <DayCell
                  key={cell.day}
                  cell={cell}
                  reached={cell.day === day}
                  point={() => setPointed(cell.day)}
                  choose={() => setChosen({ of: firstDay, month, day: cell.day })}
                  onKeyDown={onKeyDown}
                />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <Legend cells={cells} />
      {told && <DayNotes cell={told} />}
      {shown.skipped.map((note) => (
        <p key={note} className="flex items-start gap-2 text-sm text-warning-foreground">
          <Info className="mt-0.5 size-4 shrink-0" aria-hidden /> {note}
        </p>
      ))}
      {next && (
        <Button variant="outline" size="sm" className="w-fit" onClick={() => show(next)}>
          <CalendarSearch aria-hidden /> Next run: {monthText(next)}
        </Button>
      )}
    </div>
  );
}

function dayAfterKey(key: string, day: string): string | null {
  const step = steps[key];
  if (step !== undefined) return daysLater(day, step);
  const weekday = (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7;
  if (key === 'Home') return daysLater(day, -weekday);
  if (key === 'End') return daysLater(day, 6 - weekday);
  if (key !== 'PageUp' && key !== 'PageDown') return null;
  const month = monthsLater(day.slice(0, 7), key === 'PageUp' ? -1 : 1);
  const last = daysLater(`${monthsLater(month, 1)}-01`, -1);
  const same = `${month}${day.slice(7)}`;
  return same > last ? last : same;
}

type DayProps = {
  cell: CalendarDay;
  /** The one that Tab comes to. */
  reached: boolean;
  point: () => void;
  choose: () => void;
  onKeyDown: (event: KeyboardEvent) => void;
};

function DayCell({ cell, reached, point, choose, onKeyDown }: DayProps) {
  if (!cell.inMonth) return <td aria-hidden className="p-0" />;
  const runs = cell.times.length;
  return (
    <td className="p-0" aria-current={cell.today ? 'date' : undefined}>
      <button
        type="button"
        data-day={cell.day}
        tabIndex={reached ? 0 : -1}
        aria-label={[fullDay(cell.day), ...cell.notes].join('. ')}
        title={cell.notes.join('. ')}
        onClick={choose}
        onFocus={choose}
        onKeyDown={onKeyDown}
        onPointerEnter={point}
        className={cn(
          'relative grid h-9 w-full place-items-center rounded-md text-sm tabular-nums transition-colors',
          'focus-visible:outline-2 focus-visible:outline-ring',
          runs > 0 ? 'bg-primary font-medium text-primary-foreground hover:bg-primary/85' : 'hover:bg-accent',
          cell.past && 'text-muted-foreground',
          cell.change && 'ring-1 ring-warning ring-inset',
          cell.today && 'font-semibold underline underline-offset-4',
        )}
      >
        {Number(cell.day.slice(8))}
        {runs > 1 && <span className="absolute right-1 bottom-0.5 text-[10px] leading-none opacity-85">×{runs}</span>}
        {cell.change && (
          <ClockArrowUp
            aria-hidden
            className={cn('absolute top-0.5 right-0.5 size-3', runs > 0 ? 'text-primary-foreground' : 'text-warning-foreground')}
          />
        )}
      </button>
    </td>
  );
}

/** What the marks of this month mean; the words of each day say it too. */
function Legend({ cells }: { cells: CalendarDay[] }) {
  const changes = cells.some((cell) => cell.inMonth && cell.change);
  return (
    <p aria-hidden className="flex flex-wrap gap-x-4 gap-y-1 text-muted-foreground text-xs">
      <span className="flex items-center gap-1.5">
        <span className="size-2.5 rounded-[3px] bg-primary" /> Runs
      </span>
      {changes && (
        <span className="flex items-center gap-1.5">
          <ClockArrowUp className="size-3 text-warning-foreground" /> Clocks change
        </span>
      )}
    </p>
  );
}

/** What the day is, in words; as tall with one line as with two, so that nothing below it jumps. */
function DayNotes({ cell }: { cell: CalendarDay }) {
  return (
    <p className="min-h-10 text-sm">
      <span className="font-medium">{fullDay(cell.day)}</span>
      <span className="block text-muted-foreground">{cell.notes.join('. ')}.</span>
    </p>
  );
}

const fullDay = (day: string) => dayText(new Date(`${day}T00:00:00Z`), 'UTC');
