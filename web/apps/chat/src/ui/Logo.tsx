/** The warbler on its blue tile. */
export function Logo({ size = 40 }: { size?: number }) {
  return <img src={`${import.meta.env.BASE_URL}logo.svg`} width={size} height={size} alt="" draggable={false} />;
}
