import { useRef, useState } from "react";

const limitMs = 15_000;

/** Asks the device where it is, when told to. `problem` is the key of a text that says what to do. */
export function usePosition(onFound: (coordinates: { latitude: number; longitude: number }) => void) {
  const [isAsking, setAsking] = useState(false);
  const [problem, setProblem] = useState("");
  const found = useRef(onFound);
  found.current = onFound;

  const ask = () => {
    setProblem("");
    // Browsers hide the device's position from pages that are not served over TLS.
    if (!("geolocation" in navigator)) return setProblem("location.unavailable");
    setAsking(true);
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        setAsking(false);
        found.current(coords);
      },
      (error) => {
        setAsking(false);
        setProblem(error.code === error.PERMISSION_DENIED ? "location.denied" : "location.unavailable");
      },
      { enableHighAccuracy: true, timeout: limitMs, maximumAge: 30_000 },
    );
  };
  return { ask, isAsking, problem };
}
