export { BullmqDelivery } from './bullmq-delivery';
export { BullmqEngine } from './bullmq-engine';
