/**
 * Who delivers here? Restaurants by place, those in reach of an address by distance, and the area that a courier covers.
 *
 *     node examples/delivery-radius.mjs [--embedded | --port N]
 */

import { run } from './connect.mjs';

const RESTAURANTS = {
  'Trattoria Mitte': [13.4019, 52.5243],
  'Curry Kreuzberg': [13.4103, 52.4977],
  'Pho Prenzlberg': [13.4247, 52.5411],
  'Sushi Charlottenburg': [13.3041, 52.5167],
  'Falafel Neukölln': [13.4386, 52.4811],
  'Weinstube Potsdam': [13.0645, 52.3989],
};
const HOME = [13.4132, 52.5219];

await run(async (redis) => {
  const places = Object.entries(RESTAURANTS).flatMap(([name, [longitude, latitude]]) => [longitude, latitude, name]);
  console.log(`${await redis.geoadd('restaurants', ...places)} restaurants`);

  const near = await redis.geosearch('restaurants', 'FROMLONLAT', ...HOME, 'BYRADIUS', 5, 'km', 'ASC', 'WITHDIST');
  for (const [name, distance] of near) console.log(`  ${name}: ${Number(distance).toFixed(2)} km`);

  const box = await redis.geosearch('restaurants', 'FROMLONLAT', ...HOME, 'BYBOX', 20, 3, 'km', 'ASC', 'COUNT', 2);
  console.log('in the courier’s strip:', box.join(', '));
  const apart = await redis.geodist('restaurants', 'Trattoria Mitte', 'Weinstube Potsdam', 'km');
  console.log(`Mitte to Potsdam: ${Math.round(Number(apart))} km`);

  const kept = await redis.geosearchstore('open', 'restaurants', 'FROMLONLAT', ...HOME, 'BYRADIUS', 3, 'km');
  console.log(`${kept} open within 3 km:`, (await redis.zrange('open', 0, -1)).sort().join(', '));
});
