'use client';

import { Bar, BarChart, CartesianGrid, ReferenceLine, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import { dayAndTime, numberText, shortDay, shortNumber } from './zoned-text';

export type ChangePoint = { runId: number; at: Date; added: number; removed: number };
type Point = { at: Date; added: number; removed: number };

/** Members added (up) and removed (down) by each run, oldest first. */
export function ChangeChart({ changes, zone }: { changes: ChangePoint[]; zone: string }) {
  const points = changes.map((one) => ({ at: one.at, added: one.added, removed: -one.removed }));
  return (
    <div className="h-56" role="img" aria-label={`Members added and removed by the last ${changes.length} runs`}>
      <ResponsiveContainer width="100%" height="100%">
        <BarChart data={points} stackOffset="sign" margin={{ top: 8, right: 8, bottom: 0, left: 0 }} accessibilityLayer={false}>
          <CartesianGrid vertical={false} stroke="var(--border)" />
          <XAxis
            dataKey="at"
            tickFormatter={(at: Date) => shortDay(at, zone)}
            tick={{ fontSize: 12, fill: 'var(--muted-foreground)' }}
            tickLine={false}
            axisLine={false}
            minTickGap={32}
          />
          <YAxis
            width={48}
            tickFormatter={(value: number) => shortNumber(Math.abs(value))}
            tick={{ fontSize: 12, fill: 'var(--muted-foreground)' }}
            tickLine={false}
            axisLine={false}
            allowDecimals={false}
          />
          <ReferenceLine y={0} stroke="var(--border)" />
          <Tooltip
            cursor={{ fill: 'var(--muted)' }}
            content={({ payload }) => <PointCard point={payload?.[0]?.payload as Point | undefined} zone={zone} />}
          />
          <Bar dataKey="added" stackId="change" fill="var(--primary)" maxBarSize={28} isAnimationActive={false} />
          <Bar dataKey="removed" stackId="change" fill="var(--muted-foreground)" maxBarSize={28} isAnimationActive={false} />
        </BarChart>
      </ResponsiveContainer>
    </div>
  );
}

function PointCard({ point, zone }: { point: Point | undefined; zone: string }) {
  if (!point) return null;
  return (
    <div className="grid gap-0.5 rounded-md border bg-popover px-3 py-2 text-popover-foreground text-sm shadow-md">
      <span className="text-muted-foreground text-xs">{dayAndTime(point.at, zone)}</span>
      <span className="tabular-nums">{numberText(point.added)} added</span>
      <span className="tabular-nums">{numberText(-point.removed)} removed</span>
    </div>
  );
}
