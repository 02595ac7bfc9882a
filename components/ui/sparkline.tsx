/** A row of small bars, the last at the right. @param label says it in words. */
export function Sparkline({ values, label }: { values: readonly number[]; label: string }) {
  const most = Math.max(1, ...values);
  const width = 4;
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${values.length * width} 24`}
      className="h-6 w-32 text-chart-1"
      preserveAspectRatio="none"
    >
      {values.map((value, i) => {
        const height = value === 0 ? 0.75 : Math.max(1.5, (value / most) * 23);
        // biome-ignore lint/suspicious/noArrayIndexKey: bars have no identity but their place
        return (
          <rect
            key={i}
            x={i * width + 0.5}
            y={24 - height}
            width={width - 1}
            height={height}
            rx={0.8}
            fill="currentColor"
            opacity={value === 0 ? 0.25 : 0.85}
          />
        );
      })}
    </svg>
  );
}
