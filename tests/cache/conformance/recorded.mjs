/**
 * Every test of the suite that ssr-host does not answer with "pass" or "yes", with its verdict and why that is right. The suite is no judge:
 * it has required tests, optimal behaviour, and questions ("check") without a right answer.
 */
export const RECORDED = [
];
