/** The sign of Beckon: a point that calls others to it. */
export function Mark({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 32 32" className={className} aria-hidden="true">
      <rect width="32" height="32" rx="9" fill="var(--primary)" />
      <circle cx="11" cy="21" r="3.4" fill="var(--primary-foreground)" />
      <path
        d="M11 12.6a8.4 8.4 0 0 1 8.4 8.4M11 7a14 14 0 0 1 14 14"
        fill="none"
        stroke="var(--primary-foreground)"
        strokeWidth="2.6"
        strokeLinecap="round"
      />
    </svg>
  );
}
