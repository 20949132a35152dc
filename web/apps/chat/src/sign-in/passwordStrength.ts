/** 0 guessed at once … 4 hard to guess. */
export interface Strength {
  score: 0 | 1 | 2 | 3 | 4;
  advice: "common" | "personal" | "longer" | "none";
}

type Estimate = (password: string, personal: string[]) => Strength;

const common = new Set(["topTen", "topHundred", "common", "similarToCommon", "pwned"]);

let estimator: Promise<Estimate> | undefined;

/** Loads the word lists, which are larger than the rest of the page, only when somebody chooses a password. */
export function loadEstimator(): Promise<Estimate> {
  estimator ??= build().catch((error: unknown) => {
    estimator = undefined;
    throw error;
  });
  return estimator;
}

async function build(): Promise<Estimate> {
  const [{ ZxcvbnFactory }, words] = await Promise.all([import("@zxcvbn-ts/core"), import("@zxcvbn-ts/language-common")]);
  const factory = new ZxcvbnFactory({ dictionary: words.dictionary, graphs: words.adjacencyGraphs });
  return (password, personal) => {
    const { score, feedback } = factory.check(password, personal.filter(Boolean));
    return { score, advice: adviceFor(score, feedback.warning) };
  };
}

function adviceFor(score: number, warning: string | null): Strength["advice"] {
  if (score >= 3) return "none";
  if (warning === "userInputs") return "personal";
  return warning !== null && common.has(warning) ? "common" : "longer";
}
