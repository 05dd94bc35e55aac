/** The parts of `vader-sentiment` 1.1.3 (Apache-2.0, after Hutto & Gilbert 2014) that are used; it has no declarations. */
declare module "vader-sentiment" {
  export interface PolarityScores {
    neg: number;
    neu: number;
    pos: number;
    compound: number;
  }
  export interface SentiText {
    words_and_emoticons: string[];
    is_cap_diff: boolean;
  }
  const vader: {
    SentimentIntensityAnalyzer: {
      polarity_scores(text: string): PolarityScores;
      /** Appends the valence of a word to the list that it is given, and returns that. */
      sentiment_valence(valence: 0, text: SentiText, word: string, index: number, valences: number[]): number[];
      but_check(words: string[], valences: number[]): number[];
      score_valence(valences: number[], text: string): PolarityScores;
    };
  };
  export default vader;
}
