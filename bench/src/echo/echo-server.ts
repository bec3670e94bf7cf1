import 'reflect-metadata';
import { createServer } from 'node:net';
import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MessagePattern, Payload, Transport } from '@nestjs/microservices';
import { RookeryServer } from 'rookery/rpc';

/** An echo server of one kind in its own process. Arguments: KIND PORT. Tells its parent when it listens. */
@Controller()
class EchoController {
  @MessagePattern('echo')
  echo(@Payload() value: unknown) {
    return value;
  }
}

@Module({ controllers: [EchoController] })
class EchoModule {}

const [kind = 'rookery', portText = '0'] = process.argv.slice(2);
const port = Number(portText);
const ready = (): boolean | undefined => process.send?.('ready');

if (kind === 'raw') {
  // The limit of this runtime: bytes come back as they came, nothing is decoded.
  createServer((socket) => {
    socket.setNoDelay(true);
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk) => socket.write(chunk));
  }).listen(port, '127.0.0.1', ready);
} else {
  const app = await NestFactory.createMicroservice(EchoModule, {
    ...(kind === 'nest-tcp'
      ? { transport: Transport.TCP, options: { port } }
      : { strategy: new RookeryServer({ port }) }),
    logger: ['error'],
  });
  await app.listen();
  ready();
}
