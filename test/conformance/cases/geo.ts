/** Geo: adding, distances, hashes, the search forms and the old radius forms. */

import { Family } from '../case.js';
import { arity, combinations, everyType } from './torture.js';

export const geo = new Family('geo');

arity(geo, ['GEOADD', 'GEODIST', 'GEOHASH', 'GEOPOS', 'GEOSEARCH', 'GEOSEARCHSTORE', 'GEORADIUS', 'GEORADIUSBYMEMBER', 'GEORADIUS_RO', 'GEORADIUSBYMEMBER_RO'], 8);
everyType(geo, ['GEOADD k 1 1 a', 'GEODIST k a b', 'GEOHASH k a', 'GEOPOS k a', 'GEOSEARCH k FROMLONLAT 1 1 BYRADIUS 1 m', 'GEOSEARCH k FROMMEMBER a BYRADIUS 1 m', 'GEORADIUS k 1 1 1 m', 'GEORADIUSBYMEMBER k a 1 m', 'GEOSEARCHSTORE d k FROMMEMBER a BYBOX 1 1 m'], ['string', 'list', 'hash', 'set', 'stream', 'zset']);
geo.each([], ['GEODIST k a b', 'GEOHASH k a b', 'GEOPOS k a b', 'GEOSEARCH k FROMLONLAT 1 1 BYRADIUS 1 m', 'GEOSEARCH k FROMMEMBER a BYRADIUS 1 m', 'GEORADIUS k 1 1 1 m', 'GEORADIUSBYMEMBER k a 1 m', 'GEOSEARCHSTORE d k FROMLONLAT 1 1 BYBOX 1 1 m', 'GEORADIUS k 1 1 1 m STORE d'], ['EXISTS k d']);
const SICILY = 'GEOADD g 13.361389 38.115556 Palermo 15.087269 37.502669 Catania 12.758489 38.788135 edge1 17.241510 38.788135 edge2 0 0 Null -122.4194 37.7749 "San Francisco" 179.9 10 East -179.9 10 West 2.3522 48.8566 Paris';
for (const [longitude, latitude] of combinations(['0', '180', '-180', '180.0001', '-180.5', '13.361389', 'abc', 'nan', 'inf', '""', '1e2'], ['0', '85.05112878', '-85.05112878', '85.0512', '90', '38.115556', 'abc', '-inf'])) {
  geo.add(`GEOADD g ${longitude} ${latitude} m`, 'GEOPOS g m', 'GEOHASH g m', 'EXISTS g');
  geo.add(SICILY, `GEOSEARCH g FROMLONLAT ${longitude} ${latitude} BYRADIUS 500 km ASC`, `GEORADIUS g ${longitude} ${latitude} 500 km ASC`);
}
for (const flags of ['NX', 'XX', 'CH', 'NX CH', 'XX CH', 'NX XX', 'nx', 'GT', 'INCR', 'FOO']) {
  geo.add('GEOADD g 1 1 a', `GEOADD g ${flags} 2 2 a 3 3 b`, 'GEOPOS g a b', 'ZRANGE g 0 -1 WITHSCORES');
  geo.add(`GEOADD g ${flags} 2 2 a`, 'GEOPOS g a');
}
geo.each([], ['GEOADD g 1 1', 'GEOADD g 1 1 a 2', 'GEOADD g 1 1 a 2 2', 'GEOADD g 1 1 a 500 1 b', 'GEOADD g 1 1 a 1 1 a'], ['ZCARD g']);
for (const [left, right] of combinations(['Palermo', 'Catania', 'Null', 'East', 'nosuch'], ['Catania', 'West', 'Paris', 'nosuch', 'Palermo'])) {
  for (const unit of ['', 'm', 'km', 'ft', 'mi', 'KM']) geo.add(SICILY, `GEODIST g ${left} ${right} ${unit}`);
}
geo.each([SICILY], ['GEODIST g Palermo Catania yd', 'GEODIST g Palermo Catania m x', 'GEODIST g Palermo Catania ""', 'GEOHASH g Palermo Catania nosuch Null', 'GEOHASH g', 'GEOPOS g', 'GEOPOS g Palermo nosuch Catania', 'GEOHASH g East West Paris', 'ZSCORE g Palermo', 'ZRANGE g 0 -1 WITHSCORES', 'ZREM g Palermo']);
const WITHS = ['', 'WITHCOORD', 'WITHDIST', 'WITHHASH', 'WITHCOORD WITHDIST WITHHASH'];
for (const [centre, shape, order, count, shown] of combinations(['FROMLONLAT 15 37', 'FROMMEMBER Palermo', 'FROMLONLAT 179.99 10'], ['BYRADIUS 200 km', 'BYBOX 400 400 km', 'BYRADIUS 30000 km', 'BYBOX 600 100 mi'], ['ASC', 'DESC'], ['', 'COUNT 1', 'COUNT 3'], WITHS)) {
  geo.add(SICILY, `GEOSEARCH g ${centre} ${shape} ${order} ${count} ${shown}`);
}
for (const [centre, shape] of combinations(['FROMLONLAT 15 37', 'FROMMEMBER Palermo', 'FROMMEMBER nosuch', 'FROMLONLAT 500 0', 'FROMLONLAT a b', '', 'FROMLONLAT 15 37 FROMMEMBER Palermo', 'FROMLONLAT 15'], ['BYRADIUS 200 km', 'BYBOX 400 400 km', 'BYRADIUS 0 m', 'BYRADIUS -1 m', 'BYBOX -1 1 km', 'BYBOX 1 -1 km', 'BYRADIUS abc m', 'BYBOX a 1 m', 'BYRADIUS 1 yd', 'BYBOX 1 1 yd', '', 'BYRADIUS 1 m BYBOX 1 1 m', 'BYRADIUS 200', 'BYBOX 400 400'])) {
  geo.add(SICILY, `GEOSEARCH g ${centre} ${shape} ASC`, `GEOSEARCHSTORE d g ${centre} ${shape} ASC`, 'ZRANGE d 0 -1 WITHSCORES');
}
for (const tail of ['COUNT 0', 'COUNT -1', 'COUNT x', 'COUNT', 'ANY', 'COUNT 1 ANY', 'COUNT 100 ANY ASC', 'FOO', 'ASC DESC', 'STOREDIST', 'STORE x', 'WITHDIST', 'asc withdist', 'COUNT 2 ANY COUNT 3 ASC']) {
  const step = `${tail}`;
  if (tail !== 'COUNT 1 ANY') geo.add(SICILY, `GEOSEARCH g FROMLONLAT 15 37 BYRADIUS 200 km ${/ASC|asc/.test(step) ? '' : 'ASC '}${step}`);
  geo.add(SICILY, `GEOSEARCHSTORE d g FROMLONLAT 15 37 BYRADIUS 200 km ASC ${step}`, 'ZRANGE d 0 -1 WITHSCORES');
  for (const command of ['GEORADIUS', 'GEORADIUS_RO']) geo.add(SICILY, `${command} g 15 37 200 km ${/ASC|asc/.test(step) ? '' : 'ASC '}${tail === 'STORE x' || tail === 'STOREDIST' ? `${tail} d` : tail}`, 'EXISTS d x');
}
for (const [command, shown, order] of combinations(['GEORADIUS g 15 37 200 km', 'GEORADIUS_RO g 15 37 200 km', 'GEORADIUSBYMEMBER g Palermo 200 km', 'GEORADIUSBYMEMBER_RO g Catania 500 mi'], [...WITHS, 'STORE d', 'STOREDIST d', 'STORE d WITHDIST'], ['ASC', 'DESC', 'ASC COUNT 2'])) {
  geo.add(SICILY, `${command} ${order} ${shown}`, 'ZRANGE d 0 -1 WITHSCORES');
}
for (const [radius, unit] of combinations(['0', '1', '100', '166', '167', '1000', '20000', '-1', 'x', 'nan', 'inf'], ['m', 'km', 'mi', 'ft', 'xx'])) geo.add(SICILY, `GEORADIUSBYMEMBER g Palermo ${radius} ${unit} ASC WITHDIST`, `GEOSEARCH g FROMMEMBER Catania BYRADIUS ${radius} ${unit} ASC`);
for (const [command, outlets] of combinations(['GEORADIUS g 15 37', 'GEORADIUSBYMEMBER g Palermo'], ['STORE a STOREDIST b', 'STOREDIST b STORE a', 'STORE a STOREDIST a', 'STOREDIST a STORE a', 'STORE a COUNT 1 STOREDIST b', 'STORE a WITHDIST STOREDIST b', 'STORE g', 'STOREDIST g', 'STORE', 'STORE a STOREDIST'])) {
  geo.add(SICILY, 'SET a old', `${command} 200 km ASC ${outlets}`, 'TYPE a', 'ZRANGE b 0 -1 WITHSCORES', 'ZRANGE g 0 -1 WITHSCORES', `COMMAND GETKEYS ${command} 200 km ASC ${outlets}`);
}
geo.titled('a radius search that names one outlet twice', SICILY, 'GEORADIUS g 15 37 200 km STORE a STORE b', 'EXISTS a b');
const grid: string[] = ['GEOADD', 'g', ...Array.from({ length: 400 }, (_unused, index) => [String((index % 20) * 0.7 - 7), String(Math.floor(index / 20) * 0.7 - 7), `p${index}`]).flat()];
for (const [x, y, radius] of combinations(['0', '3.3', '-7', '6.2'], ['0', '-3.3', '6.3'], ['50', '100', '333', '1000'])) {
  geo.titled(`a grid of 400 points around ${x} ${y} within ${radius} km`, grid, `GEOSEARCH g FROMLONLAT ${x} ${y} BYRADIUS ${radius} km ASC WITHDIST`, `GEOSEARCH g FROMLONLAT ${x} ${y} BYBOX ${radius} ${Number(radius) / 2} km DESC`, `GEOSEARCHSTORE d g FROMLONLAT ${x} ${y} BYRADIUS ${radius} km COUNT 5 STOREDIST`, 'ZRANGE d 0 -1 WITHSCORES');
}
for (const [command, unit] of combinations(['GEORADIUS_RO g 15 37 200000', 'GEORADIUS g 15 37 200000', 'GEORADIUSBYMEMBER_RO g Palermo 200000', 'GEORADIUSBYMEMBER g Palermo 200000'], ['m', 'km', 'ft', 'mi', 'MI', 'yd'])) {
  geo.add(SICILY, `${command} ${unit} ASC WITHDIST`, `${command} ${unit} COUNT 100 ANY ASC`);
}
for (const unit of ['m', 'km', 'ft', 'mi']) geo.add(SICILY, `GEOSEARCHSTORE d g FROMMEMBER Palermo BYRADIUS 200000 ${unit} ASC STOREDIST`, 'ZRANGE d 0 -1 WITHSCORES', `GEOSEARCHSTORE d g FROMMEMBER Palermo BYBOX 300000 300000 ${unit} ASC`, 'ZRANGE d 0 -1');
