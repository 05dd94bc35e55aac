import type { Bar } from "../../schemas/generated/types.js";
import { reject } from "../operator.js";

/** Beyond these no market has ever traded, and squares and sums of what lies within stay finite. */
const lowestPrice = 1e-12;
const highestPrice = 1e12;
const highestVolume = 1e18;
/** The largest reverse splits are 1:50,000. */
const largestFactor = 1e6;

type Rejection = ReturnType<typeof reject>;

/** Why a bar cannot be used: the last gate before a bad number would enter a running mean. */
export function checkBar(bar: Readonly<Bar>): Rejection | undefined {
  const { open, high, low, close, volume, adjustment, split, dividendFactor, eventTime, availableAt } = bar;
  // A sum is finite only if each part is; the parts are looked at one by one only to name the culprit.
  const factors = adjustment + split + dividendFactor;
  if (!Number.isFinite(open + high + low + close + volume + factors + eventTime + availableAt)) {
    const numbers = { open, high, low, close, volume, adjustment, split, dividendFactor, eventTime, availableAt };
    const [name = "a sum", value] = Object.entries(numbers).find(([, number]) => !Number.isFinite(number)) ?? [];
    return reject("NOT_FINITE", `${name} is ${value ?? "too large"}`);
  }
  if (!(low > 0 && low <= open && low <= close && high >= open && high >= close)) {
    return reject("INVALID_PRICE", `open ${open}, high ${high}, low ${low} and close ${close} contradict each other`);
  }
  if (!(adjustment > 0)) return reject("INVALID_PRICE", `adjustment ${adjustment} is not above 0`);
  if (!(isPrice(low) && isPrice(high) && isPrice(low * adjustment) && isPrice(high * adjustment))) {
    return reject(
      "INVALID_PRICE",
      `prices from ${low} to ${high}, adjustment ${adjustment}: out of any market's range`,
    );
  }
  if (!(isFactor(split) && isFactor(dividendFactor))) {
    return reject("INVALID_PRICE", `split ${split}, dividend factor ${dividendFactor}: out of any market's range`);
  }
  if (!(volume >= 0 && volume <= highestVolume)) return reject("INVALID_VOLUME", `volume is ${volume}`);
  return undefined;
}

const isFactor = (factor: number): boolean => factor >= 1 / largestFactor && factor <= largestFactor;
const isPrice = (price: number): boolean => price >= lowestPrice && price <= highestPrice;
