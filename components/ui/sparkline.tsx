type Props = {
  /** Oldest first; `key` tells bars apart. */
  bars: readonly { key: string; value: number }[];
  /** Says it in words. */
  label: string;
};

const barWidth = 4;
const height = 24;

/** A row of small bars. */
export function Sparkline({ bars, label }: Props) {
  const most = Math.max(1, ...bars.map((bar) => bar.value));
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${bars.length * barWidth} ${height}`}
      className="h-6 w-32 text-chart-1"
      preserveAspectRatio="none"
    >
      {bars.map(({ key, value }, i) => {
        const tall = value === 0 ? 0.75 : Math.max(1.5, (value / most) * (height - 1));
        const place = { x: i * barWidth + 0.5, y: height - tall, width: barWidth - 1, height: tall };
        return <rect key={key} {...place} rx={0.8} fill="currentColor" opacity={value === 0 ? 0.25 : 0.85} />;
      })}
    </svg>
  );
}
