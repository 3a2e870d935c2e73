/** The product's mark. */
export function Mark({ size }: { size: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden style={{ flex: 'none', display: 'block' }}>
      <rect width="32" height="32" rx="8" fill="#e4572e" />
      <path d="M9 24V8h7.2c3.4 0 5.6 2 5.6 5s-2.2 5-5.6 5H12.6" fill="none" stroke="#fff" strokeWidth="3" strokeLinecap="round" strokeLinejoin="round" />
      <circle cx="21.5" cy="23" r="2.6" fill="#fff" />
    </svg>
  );
}
