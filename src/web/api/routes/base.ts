/** Where the API is. Its version goes up when an answer loses a field, or a field its meaning. */
export const API = '/api/v1'
