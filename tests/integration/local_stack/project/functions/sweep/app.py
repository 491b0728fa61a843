"""Takes down that it was asked to look for interrupted runs."""

import json
import os

import boto3
import pg8000.dbapi


def connect():
    secret = boto3.client("secretsmanager").get_secret_value(SecretId=os.environ["DATABASE_SECRET_ARN"])
    admin = json.loads(secret["SecretString"])
    connection = pg8000.dbapi.connect(
        admin["username"],
        host=admin["host"],
        port=admin["port"],
        database=admin["dbname"],
        password=admin["password"],
    )
    connection.autocommit = True
    return connection


def handler(event, context):
    connect().cursor().execute("INSERT INTO called (what) VALUES (%s)", (f"sweep {event['restarted']}",))
    return {"ok": True}
