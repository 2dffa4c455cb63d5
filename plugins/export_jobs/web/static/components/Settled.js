// Airflow shows a plugin's page through a lazy component at first and, from the next change of the address on, directly:
// the page then begins anew although only its query has changed, and what somebody had typed is gone. So the address is
// replaced by itself before there is anything to lose, and the page waits for that.
import { Chakra, Router, html, useEffect, useState } from "../host.js";

const WAIT_MS = 150;
let hasSettled = false;

export function Settled({ children }) {
  const [isReady, setReady] = useState(hasSettled);
  const navigate = Router.useNavigate();
  const { pathname, search, hash, state } = Router.useLocation();
  useEffect(() => {
    if (isReady) return undefined;
    hasSettled = true;
    navigate({ pathname, search, hash }, { replace: true, state });
    const timer = setTimeout(() => setReady(true), WAIT_MS); // an Airflow that does not begin anew
    return () => clearTimeout(timer);
  }, []);
  return isReady ? children : html`<${Chakra.Skeleton} height=${7} width="14rem" />`;
}
