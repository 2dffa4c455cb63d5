// A value that follows another one a moment later: somebody is typing.
import { useEffect, useState } from "../host.js";

export function useDebounced(value, ms = 400) {
  const [settled, setSettled] = useState(value);
  const key = JSON.stringify(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms);
    return () => clearTimeout(timer);
  }, [key, ms]);
  return settled;
}
