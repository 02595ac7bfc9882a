type Props = { /** From 0 to 1; null while it cannot be told. */ share: number | null; label: string };

/** A bar that fills; one that cannot be measured moves. */
export function Progress({ share, label }: Props) {
  const percent = share === null ? undefined : Math.round(share * 100);
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
      className="h-2 overflow-hidden rounded-full bg-muted"
    >
      <div
        className={`h-full rounded-full bg-primary transition-[width] duration-300 ${percent === undefined ? 'w-full animate-pulse opacity-60' : ''}`}
        style={percent === undefined ? undefined : { width: `${percent}%` }}
      />
    </div>
  );
}
