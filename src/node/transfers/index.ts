/**
 * Files on their way: transfers.ts is what a person and the messages ask of them, fetching.ts and sending.ts bring them,
 * upload.ts leaves them in the pool. How a file is cut, sealed, verified and landed is in files/.
 */
export { Transfers, type TransfersComponents } from './transfers.js'
