/** `p2pchat doctor`: facts.ts gathers what a home says of itself, diagnose.ts says what to make of it. */
export { diagnose, type DoctorFacts } from './diagnose.js'
export { readFacts } from './facts.js'
