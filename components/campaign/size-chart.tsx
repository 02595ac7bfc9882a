'use client';

import { Area, CartesianGrid, ComposedChart, Line, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import { hiddenSize } from './facebook-views';
import { dayAndTime, numberText, shortDay, shortNumber } from './zoned-text';

export type SizePoint = { at: Date; members: number; facebookLower: number | null; facebookUpper: number | null };
type Point = { at: number; members: number; facebook: [number, number] | null };

/** Members by the ledger as a line, Facebook's approximate count as a band; a size Facebook hides leaves a gap, never a zero. */
export function SizeChart({ sizes, zone }: { sizes: SizePoint[]; zone: string }) {
  const points: Point[] = sizes.map((one) => ({
    at: one.at.getTime(),
    members: one.members,
    facebook: one.facebookLower === null ? null : [one.facebookLower, one.facebookUpper ?? one.facebookLower],
  }));
  const lone = points.length < 2;
  return (
    <div className="h-56" role="img" aria-label={summary(sizes, zone)}>
      <ResponsiveContainer width="100%" height="100%">
        <ComposedChart data={points} margin={{ top: 8, right: 8, bottom: 0, left: 0 }} accessibilityLayer={false}>
          <CartesianGrid vertical={false} stroke="var(--border)" />
          <XAxis
            dataKey="at"
            type="number"
            scale="time"
            domain={['dataMin', 'dataMax']}
            tickFormatter={(at: number) => shortDay(new Date(at), zone)}
            tick={{ fontSize: 12, fill: 'var(--muted-foreground)' }}
            tickLine={false}
            axisLine={false}
            minTickGap={32}
          />
          <YAxis
            width={48}
            tickFormatter={shortNumber}
            tick={{ fontSize: 12, fill: 'var(--muted-foreground)' }}
            tickLine={false}
            axisLine={false}
            allowDecimals={false}
          />
          <Tooltip content={({ payload }) => <PointCard point={payload?.[0]?.payload as Point | undefined} zone={zone} />} />
          <Area dataKey="facebook" stroke="none" fill="var(--muted-foreground)" fillOpacity={0.18} dot={lone} isAnimationActive={false} />
          <Line dataKey="members" type="stepAfter" stroke="var(--primary)" strokeWidth={2} dot={lone} isAnimationActive={false} />
        </ComposedChart>
      </ResponsiveContainer>
    </div>
  );
}

function PointCard({ point, zone }: { point: Point | undefined; zone: string }) {
  if (!point) return null;
  return (
    <div className="grid gap-0.5 rounded-md border bg-popover px-3 py-2 text-popover-foreground text-sm shadow-md">
      <span className="text-muted-foreground text-xs">{dayAndTime(new Date(point.at), zone)}</span>
      <span className="tabular-nums">{numberText(point.members)} sent by Beckon</span>
      <span className="text-muted-foreground tabular-nums">
        Facebook: {point.facebook ? `${numberText(point.facebook[0])}–${numberText(point.facebook[1])}` : hiddenSize}
      </span>
    </div>
  );
}

function summary(sizes: SizePoint[], zone: string): string {
  const first = sizes[0];
  const last = sizes.at(-1);
  if (!first || !last) return 'No size yet';
  return `Audience size from ${numberText(first.members)} on ${dayAndTime(first.at, zone)} to ${numberText(last.members)} on ${dayAndTime(last.at, zone)}`;
}
