/** Permissions of what is no resource: seeing how subscriptions of all fare, starting them again, defining topics. */

export const readPermission = 'integration.subscription.read'
export const resumePermission = 'integration.subscription.resume'
export const topicPermission = 'integration.topic.write'
